package jinn.control;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Collects bytes and hands them out as lines. */
final class LineReader {

    /** The longest line with its newline; no request comes near it. */
    static final int MAX_BYTES = 1 << 16;

    private final ByteBuffer collected = ByteBuffer.allocate(MAX_BYTES);

    /** Returns where to put bytes that have been read, from its position on. Without room the line is too long. */
    ByteBuffer room() {
        return collected;
    }

    /** Takes the next whole line out, without its newline. */
    Optional<byte[]> next() {
        byte[] bytes = collected.array();
        for (int i = 0; i < collected.position(); i++) {
            if (bytes[i] == '\n') {
                byte[] line = Arrays.copyOf(bytes, i);
                collected.flip().position(i + 1);
                collected.compact();
                return Optional.of(line);
            }
        }
        return Optional.empty();
    }

    /** Takes out what stands behind the last newline, which may be nothing. */
    byte[] rest() {
        byte[] rest = Arrays.copyOf(collected.array(), collected.position());
        collected.clear();
        return rest;
    }
}
