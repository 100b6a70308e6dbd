package jinn.control;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;

/**
 * What a client asks.
 *
 * @param id the client's own mark, sent back with the answer: a string or a whole number
 * @param data what is to be typed, with {@link Command#INPUT}; else empty
 * @param bytes how big the balloon is to be, with {@link Command#BALLOON}; empty to leave it
 */
record Request(Optional<Object> id, Command command, ByteBuffer data, OptionalLong bytes) {

    /** Most bytes that one request types. */
    static final int MAX_DATA_BYTES = 4096;

    private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

    /** Longer ones would only make answers long. */
    private static final int MAX_ID_CHARS = 64;

    /** Makes a request that has only its name. */
    Request(Optional<Object> id, Command command) {
        this(id, command, NO_DATA, OptionalLong.empty());
    }

    /** What there is to ask; the names of the protocol are these in lower case. */
    enum Command {
        STATUS,
        DOORBELLS,
        STATS,
        EVENTS,
        CONSOLE,
        INPUT,
        BALLOON,
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
        boolean types = Command.INPUT.word().equals(object.get("command"));
        boolean sizes = Command.BALLOON.word().equals(object.get("command"));
        for (Object key : object.keySet()) {
            boolean known = key.equals("id")
                    || key.equals("command")
                    || (types && key.equals("data"))
                    || (sizes && key.equals("bytes"));
            if (!known) {
                String extra = types ? "data, " : "";
                throw new BadRequestException(
                        "a request has no such key: must be one of " + (sizes ? "bytes, " : "") + "command, " + extra
                                + "id",
                        id);
            }
        }
        Command command = command(object.get("command"), id);
        return new Request(
                id,
                command,
                types ? data(object.get("data"), id) : NO_DATA,
                sizes ? bytes(object, id) : OptionalLong.empty());
    }

    private static OptionalLong bytes(Map<?, ?> object, Optional<Object> id) throws BadRequestException {
        if (!object.containsKey("bytes")) {
            return OptionalLong.empty();
        }
        if (object.get("bytes") instanceof BigInteger number
                && number.signum() >= 0
                && number.bitLength() < Long.SIZE) {
            return OptionalLong.of(number.longValue());
        }
        throw new BadRequestException("\"bytes\" must be a whole number of 63 bits", id);
    }

    private static ByteBuffer data(Object data, Optional<Object> id) throws BadRequestException {
        try {
            if (data instanceof String text) {
                byte[] bytes = Base64.getDecoder().decode(text);
                if (bytes.length <= MAX_DATA_BYTES) {
                    return ByteBuffer.wrap(bytes);
                }
            }
        } catch (IllegalArgumentException e) {
            // Told below, as any other value.
        }
        throw new BadRequestException("\"data\" must be base64 of at most " + MAX_DATA_BYTES + " bytes", id);
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
