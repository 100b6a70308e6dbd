package jinn.control;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;

/**
 * What a client asks.
 *
 * @param id the client's own mark, sent back with the answer: a string or a whole number
 */
record Request(Optional<Object> id, Command command) {

    /** Longer ones would only make answers long. */
    private static final int MAX_ID_CHARS = 64;

    /** What there is to ask; the names of the protocol are these in lower case. */
    enum Command {
        STATUS,
        DOORBELLS,
        STATS,
        EVENTS,
        PAUSE,
        RESUME,
        STOP;

        static String names() {
            return Arrays.stream(values()).map(Command::word).collect(Collectors.joining(", "));
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A line that is no request. The message is for the client. */
    static final class BadRequestException extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient Optional<Object> id;

        BadRequestException(String message, Optional<Object> id) {
            super(message);
            this.id = id;
        }

        Optional<Object> id() {
            return id;
        }
    }

    /** Reads a line. */
    static Request parse(byte[] line) throws BadRequestException {
        Map<?, ?> object = object(line);
        Optional<Object> id = id(object);
        for (Object key : object.keySet()) {
            if (!key.equals("id") && !key.equals("command")) {
                throw new BadRequestException("a request has no such key: must be one of command, id", id);
            }
        }
        return new Request(id, command(object.get("command"), id));
    }

    private static Map<?, ?> object(byte[] line) throws BadRequestException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
            if (JsonTree.read(text) instanceof Map<?, ?> object) {
                return object;
            }
            throw new BadRequestException("a request must be a JSON object", Optional.empty());
        } catch (CharacterCodingException e) {
            throw new BadRequestException("a request must be UTF-8 text", Optional.empty());
        } catch (JacksonException e) {
            throw new BadRequestException("a request must be one line of JSON", Optional.empty());
        }
    }

    private static Optional<Object> id(Map<?, ?> object) throws BadRequestException {
        Object id = object.get("id");
        boolean good = !object.containsKey("id")
                || (id instanceof BigInteger number && number.bitLength() < Long.SIZE)
                || (id instanceof String text && text.length() <= MAX_ID_CHARS);
        if (!good) {
            throw new BadRequestException(
                    "\"id\" must be a whole number of 64 bits or a string of at most " + MAX_ID_CHARS + " characters",
                    Optional.empty());
        }
        return Optional.ofNullable(id);
    }

    private static Command command(Object word, Optional<Object> id) throws BadRequestException {
        for (Command command : Command.values()) {
            if (command.word().equals(word)) {
                return command;
            }
        }
        throw new BadRequestException("\"command\" must be one of " + Command.names(), id);
    }
}
