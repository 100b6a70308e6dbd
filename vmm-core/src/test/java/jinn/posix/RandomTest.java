package jinn.posix;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

final class RandomTest {

    @Test
    void fillsTheWholeBuffer() {
        try (Arena arena = Arena.ofConfined()) {
            // More than getrandom gives in one call when a signal comes; each 64th part stays zero by chance 1 in
            // 2^512.
            MemorySegment buffer = arena.allocate(4096);
            Random.fill(buffer);

            for (int part = 0; part < 64; part++) {
                assertTrue(hasNonZero(buffer.asSlice(part * 64L, 64)), "part " + part);
            }
        }
    }

    private static boolean hasNonZero(MemorySegment part) {
        for (byte value : part.toArray(ValueLayout.JAVA_BYTE)) {
            if (value != 0) {
                return true;
            }
        }
        return false;
    }
}
