package jinn.control;

import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Makes the lines that go over the socket: a JSON object and a newline. */
final class Message {

    private static final JsonFactory FACTORY = new JsonFactory();

    private Message() {}

    /** Returns the line of an object with the properties that {@code body} writes. */
    static ByteBuffer of(Consumer<JsonGenerator> body) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            body.accept(json);
            json.writeEndObject();
        }
        return StandardCharsets.UTF_8.encode(text.append('\n').toString());
    }
}
