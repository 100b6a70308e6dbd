package jinn.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jinn.error.HostException;
import jinn.memory.IoVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskFileTest {

    private static final int BYTES = 3 << 20;

    @TempDir
    private Path directory;

    private final Arena arena = Arena.ofConfined();
    private final List<String> warnings = new ArrayList<>();
    private Path path;

    @BeforeEach
    void makeADisk() throws IOException {
        byte[] content = new byte[BYTES];
        Arrays.fill(content, (byte) 7);
        path = Files.write(directory.resolve("disk.raw"), content);
    }

    @AfterEach
    void free() {
        arena.close();
    }

    private DiskFile open(boolean readOnly, boolean direct) {
        return DiskFile.open(path, readOnly, direct, warnings::add);
    }

    private static IoVector vector(Arena arena, MemorySegment... pieces) {
        IoVector vector = new IoVector(pieces.length, arena);
        Arrays.stream(pieces).forEach(vector::add);
        return vector;
    }

    @Test
    void readsAndWritesPieces() throws IOException {
        MemorySegment one = arena.allocate(512).fill((byte) 1);
        MemorySegment two = arena.allocate(1024).fill((byte) 2);
        try (DiskFile disk = open(false, false)) {
            assertEquals(BYTES, disk.bytes());
            assertEquals(1536, disk.write(vector(arena, one, two), 512));
            assertTrue(disk.flush());
            assertEquals(1536, disk.read(vector(arena, two, one), 512));
        }
        assertEquals(1, two.get(ValueLayout.JAVA_BYTE, 511));
        assertEquals(2, two.get(ValueLayout.JAVA_BYTE, 512));
        assertEquals(2, one.get(ValueLayout.JAVA_BYTE, 0));
        assertEquals(7, Files.readAllBytes(path)[511]);
        assertEquals(List.of(), warnings);
    }

    @Test
    void transfersThatAreCutShortGoOn() throws IOException {
        try (DiskFile disk = open(false, false);
                RandomAccessFile shorter = new RandomAccessFile(path.toFile(), "rw")) {
            shorter.setLength(700);
            MemorySegment one = arena.allocate(512);
            MemorySegment two = arena.allocate(512);
            assertEquals(700, disk.read(vector(arena, one, two), 0));
            assertEquals(7, two.get(ValueLayout.JAVA_BYTE, 187));
            assertEquals(0, two.get(ValueLayout.JAVA_BYTE, 188));
        }
        assertEquals(
                List.of("disk " + path + ": cannot read 324 bytes at 0x2bc: the file has shrunk from " + BYTES
                        + " bytes to 700; the guest gets an I/O error"),
                warnings);
    }

    @Test
    void zeroesReplaceWhatWasThere() throws IOException {
        try (DiskFile disk = open(false, false)) {
            assertTrue(disk.writeZeroes(512, 2 << 20, false));
            assertTrue(disk.writeZeroes((2 << 20) + 4096, 4096, true));
            assertTrue(disk.discard((2 << 20) + 65536, 4096));
        }
        byte[] content = Files.readAllBytes(path);
        assertEquals(BYTES, content.length);
        assertEquals(7, content[511]);
        assertArrayEquals(new byte[2 << 20], Arrays.copyOfRange(content, 512, 512 + (2 << 20)));
        assertEquals(7, content[512 + (2 << 20)]);
        assertEquals(0, content[(2 << 20) + 4096]);
        assertEquals(0, content[(2 << 20) + 8191]);
        assertEquals(7, content[(2 << 20) + 8192]);
        assertEquals(List.of(), warnings);
    }

    @Test
    void aFailureIsToldInOneLine() {
        try (DiskFile disk = open(true, false)) {
            assertEquals(0, disk.write(vector(arena, arena.allocate(512)), 1024));
            assertFalse(disk.writeZeroes(0, 512, true));
        }
        assertEquals(
                "disk " + path + ": cannot write 512 bytes at 0x400: bad file descriptor (EBADF); the guest gets an I/O"
                        + " error",
                warnings.getFirst());
        assertEquals(2, warnings.size());
    }

    @Test
    void readersShareADiskAndAWriterHasItAlone() {
        try (DiskFile first = open(true, false);
                DiskFile second = open(true, false)) {
            assertEquals(first.bytes(), second.bytes());
            HostException e = assertThrows(HostException.class, () -> open(false, false));
            assertEquals(
                    "cannot use the disk " + path + ": another device of this VM uses it; a disk that a VM writes must"
                            + " be used by nobody else, so stop the other one, give this VM a copy, or set \"readonly\""
                            + " in both",
                    e.getMessage());
        }
        try (DiskFile writer = open(false, false)) {
            assertFalse(writer.isReadOnly());
            assertThrows(HostException.class, () -> open(true, false));
        }
        open(false, false).close();
    }

    @Test
    void theProcessThatHasTheDiskIsNamed() throws Exception {
        Process other = new ProcessBuilder("flock", path.toString(), "sh", "-c", "echo locked; cat").start();
        try (BufferedReader output = other.inputReader()) {
            assertEquals("locked", output.readLine());
            HostException e = assertThrows(HostException.class, () -> open(false, false));
            assertTrue(e.getMessage().contains(": process " + other.pid() + " (flock) uses it; "), e::getMessage);
        } finally {
            other.getOutputStream().close();
            other.waitFor();
        }
        open(false, false).close();
    }

    @Test
    void aSizeThatHasNoWholeSectorsIsRefused() throws IOException {
        Files.write(path, new byte[1000]);
        HostException e = assertThrows(HostException.class, () -> open(false, false));
        assertEquals(
                "cannot use the disk " + path + ": its size of 1000 bytes is not a multiple of 512 above 0",
                e.getMessage());
    }

    @Test
    void pastThePageCacheAnyAlignmentWorks() throws IOException {
        DiskFile opened;
        try {
            opened = open(false, true);
        } catch (HostException e) {
            assertTrue(e.getMessage().contains("its file system has no O_DIRECT"), e::getMessage);
            assumeTrue(false, e.getMessage());
            return;
        }
        MemorySegment memory = arena.allocate(8192, 4096);
        try (DiskFile disk = opened) {
            MemorySegment crooked = memory.asSlice(3, 512).fill((byte) 9);
            assertEquals(512, disk.write(vector(arena, crooked), 512));
            assertEquals(4096, disk.read(vector(arena, memory.asSlice(4096, 4096)), 0));
        }
        assertEquals(7, memory.get(ValueLayout.JAVA_BYTE, 4096 + 511));
        assertEquals(9, memory.get(ValueLayout.JAVA_BYTE, 4096 + 512));
        assertEquals(9, Files.readAllBytes(path)[1023]);
        assertEquals(List.of(), warnings);
    }
}
