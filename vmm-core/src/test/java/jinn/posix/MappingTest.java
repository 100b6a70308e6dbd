package jinn.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jinn.error.SyscallException;
import org.junit.jupiter.api.Test;

final class MappingTest {

    private static final long BYTES = 3L << 20;

    @Test
    void theKernelsMappingIsExactlyAsLongAsTheMemory() throws IOException {
        try (MemFd memory = MemFd.create("jinn-test-exact", BYTES);
                Mapping first = Mapping.of(memory);
                Mapping second = Mapping.of(memory)) {
            assertEquals(List.of(BYTES), lengthsAt(first.segment()));
            assertEquals(List.of(BYTES), lengthsAt(second.segment()));
        }
    }

    @Test
    void theBytesAroundAreInaccessible() throws IOException {
        try (MemFd memory = MemFd.create("jinn-test-guard", BYTES);
                Mapping mapping = Mapping.of(memory)) {
            long start = mapping.segment().address();

            assertEquals("---p", permissionsAt(start - 1));
            assertEquals("rw-s", permissionsAt(start));
            assertEquals("rw-s", permissionsAt(start + BYTES - 1));
            assertEquals("---p", permissionsAt(start + BYTES));
        }
    }

    @Test
    void startsAtAMultipleOf2MiB() {
        try (MemFd memory = MemFd.create("jinn-test-align", BYTES);
                Mapping mapping = Mapping.of(memory)) {
            assertEquals(0, mapping.segment().address() % (2L << 20));
        }
    }

    @Test
    void twoMappingsOfOneMemoryShareTheirBytes() {
        try (MemFd memory = MemFd.create("jinn-test-share", BYTES);
                Mapping first = Mapping.of(memory);
                Mapping second = Mapping.of(memory)) {
            first.segment().set(ValueLayout.JAVA_LONG, BYTES - 8, 42);

            assertEquals(42, second.segment().get(ValueLayout.JAVA_LONG, BYTES - 8));
        }
    }

    @Test
    void closingUnmapsTheMemoryAndItsGuards() throws IOException {
        MemorySegment segment;
        try (MemFd memory = MemFd.create("jinn-test-close", BYTES);
                Mapping mapping = Mapping.of(memory)) {
            segment = mapping.segment();
        }

        assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_BYTE, 0));
        assertTrue(Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .noneMatch(line -> line.contains("jinn-test-close")));
    }

    @Test
    void theFirstBytesOfADeviceAreMappedUntilTheMappingIsClosed() throws IOException {
        try (MemFd device = MemFd.create("jinn-test-device", BYTES);
                Mapping whole = Mapping.of(device)) {
            Mapping first = Mapping.of(device.descriptor(), 4096);
            first.segment().set(ValueLayout.JAVA_BYTE, 4095, (byte) 7);

            assertEquals(7, whole.segment().get(ValueLayout.JAVA_BYTE, 4095));
            assertEquals(4096, first.segment().byteSize());
            assertEquals(List.of(4096L), lengthsAt(first.segment()));
            first.close();
            assertEquals(List.of(), lengthsAt(first.segment()));
        }
    }

    @Test
    void whatCannotBeMappedIsNamed() {
        try (EventFd event = EventFd.create("bell")) {
            SyscallException e = assertThrows(SyscallException.class, () -> Mapping.of(event.descriptor(), 4096));
            assertEquals(
                    "cannot map 4096 bytes of " + event.descriptor() + ": no such device (ENODEV)", e.getMessage());
        }
    }

    @Test
    void theSizeOfMemoryCannotBeChanged() {
        try (MemFd memory = MemFd.create("jinn-test-seal", BYTES)) {
            MemorySegment state = CallState.ofThread();

            assertEquals(-1, Libc.ftruncate(state, memory.descriptor().number(), 0));
            assertEquals(Errno.EPERM.number(), CallState.errno(state));
        }
    }

    @Test
    void whatCannotBeMappedIsRefusedInOneLine() {
        long bytes = 1L << 60;
        try (MemFd memory = MemFd.create("jinn-test-huge", bytes)) {
            SyscallException e = assertThrows(SyscallException.class, () -> Mapping.of(memory));

            assertEquals(Errno.ENOMEM.number(), e.errno());
            assertTrue(
                    e.getMessage().startsWith("cannot map " + bytes + " bytes of memory 'jinn-test-huge'"),
                    e::getMessage);
        }
    }

    private static List<Long> lengthsAt(MemorySegment segment) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> startOf(line) == segment.address())
                .map(line -> endOf(line) - startOf(line))
                .toList();
    }

    private static String permissionsAt(long address) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> startOf(line) <= address && address < endOf(line))
                .map(line -> line.substring(line.indexOf(' ') + 1, line.indexOf(' ') + 5))
                .findFirst()
                .orElse("unmapped");
    }

    private static long startOf(String line) {
        return Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16);
    }

    private static long endOf(String line) {
        return Long.parseUnsignedLong(line.substring(line.indexOf('-') + 1, line.indexOf(' ')), 16);
    }
}
