package jinn.control;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
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
 * @param size of the terminal, with {@link Command#RESIZE}; else empty
 */
record Request(Optional<Object> id, Command command, ByteBuffer data, OptionalLong bytes, Optional<Size> size) {

    /** Most bytes that one request types. */
    static final int MAX_DATA_BYTES = 4096;

    /** The console's fields for its size have 16 bits (virtio 1.2 section 5.3.4). */
    static final int MAX_SIZE = 0xffff;

    private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

    /** Longer ones would only make answers long. */
    private static final int MAX_ID_CHARS = 64;

    /** Makes a request that has only its name. */
    Request(Optional<Object> id, Command command) {
        this(id, command, NO_DATA, OptionalLong.empty(), Optional.empty());
    }

    /**
     * A terminal's size in characters, each up to {@value #MAX_SIZE}; 0 if nobody knows it.
     *
     * @param columns the width
     * @param rows the height
     */
    record Size(int columns, int rows) {}

    /** What there is to ask; the names of the protocol are these in lower case, with hyphens. */
    enum Command {
        STATUS,
        DOORBELLS,
        STATS,
        EVENTS,
        CONSOLE,
        INPUT,
        RESIZE,
        BALLOON,
        PAUSE,
        RESUME,
        POWER_BUTTON,
        STOP;

        /** Returns the keys that a request may have, sorted. */
        List<String> keys() {
            return switch (this) {
                case INPUT -> List.of("command", "data", "id");
                case RESIZE -> List.of("columns", "command", "id", "rows");
                case BALLOON -> List.of("bytes", "command", "id");
                case STATUS, DOORBELLS, STATS, EVENTS, CONSOLE, PAUSE, RESUME, POWER_BUTTON, STOP ->
                    List.of("command", "id");
            };
        }

        static String names() {
            return Arrays.stream(values()).map(Command::word).collect(Collectors.joining(", "));
        }

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
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
        Command command = command(object.get("command"), id);
        for (Object key : object.keySet()) {
            if (!command.keys().contains(key)) {
                throw new BadRequestException(
                        "a request has no such key: must be one of " + String.join(", ", command.keys()), id);
            }
        }
        return new Request(
                id,
                command,
                command == Command.INPUT ? data(object.get("data"), id) : NO_DATA,
                command == Command.BALLOON ? bytes(object, id) : OptionalLong.empty(),
                command == Command.RESIZE ? Optional.of(size(object, id)) : Optional.empty());
    }

    private static Size size(Map<?, ?> object, Optional<Object> id) throws BadRequestException {
        if (object.get("columns") instanceof BigInteger columns
                && object.get("rows") instanceof BigInteger rows
                && isSize(columns)
                && isSize(rows)) {
            return new Size(columns.intValue(), rows.intValue());
        }
        throw new BadRequestException("\"columns\" and \"rows\" must be whole numbers from 0 to " + MAX_SIZE, id);
    }

    private static boolean isSize(BigInteger number) {
        return number.signum() >= 0 && number.compareTo(BigInteger.valueOf(MAX_SIZE)) <= 0;
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
