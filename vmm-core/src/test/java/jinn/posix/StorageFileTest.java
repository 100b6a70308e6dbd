package jinn.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import jinn.error.SyscallException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StorageFileTest {

    private static final int BYTES = 16384;

    @TempDir
    private Path directory;

    private Path path;

    @BeforeEach
    void makeAFile() throws IOException {
        byte[] content = new byte[BYTES];
        Arrays.fill(content, (byte) 7);
        path = Files.write(directory.resolve("disk"), content);
    }

    @Test
    void readsAndWritesPiecesOfMemoryAtAnOffset() throws IOException {
        try (StorageFile file = StorageFile.open(path, false, false);
                Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) 1, (byte) 2);
            MemorySegment two = arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) 3);
            assertEquals(3, file.write(vector(arena, one, two), 2, 1000));
            assertArrayEquals(new byte[] {7, 1, 2, 3, 7}, Arrays.copyOfRange(Files.readAllBytes(path), 999, 1004));

            MemorySegment back = arena.allocate(2);
            assertEquals(2, file.read(vector(arena, back), 1, 1001));
            assertArrayEquals(new byte[] {2, 3}, back.toArray(ValueLayout.JAVA_BYTE));
            assertEquals(1, file.read(vector(arena, back), 1, BYTES - 1));
            assertEquals(0, file.read(vector(arena, back), 1, BYTES));
            assertEquals(2, file.writeBuffer(back, 2, 0));
            assertEquals(3, Files.readAllBytes(path)[1]);
            assertEquals(0, file.flush());
        }
    }

    @Test
    void knowsTheSizeAsItIsNow() throws IOException {
        try (StorageFile file = StorageFile.open(path, true, false)) {
            assertEquals(BYTES, file.size());
            assertFalse(file.isBlockDevice());
            Files.write(path, new byte[100]);
            assertEquals(100, file.size());
        }
    }

    @Test
    void aHoleReadsAsZeroesAndTheSizeStays() throws IOException {
        try (StorageFile file = StorageFile.open(path, false, false)) {
            assertEquals(0, file.punchHole(4096, 4096));
            byte[] content = Files.readAllBytes(path);
            assertEquals(BYTES, content.length);
            assertEquals(7, content[4095]);
            assertArrayEquals(new byte[4096], Arrays.copyOfRange(content, 4096, 8192));
            assertEquals(7, content[8192]);
        }
    }

    @Test
    void aFileThatMayOnlyBeReadIsNotWritten() {
        try (StorageFile file = StorageFile.open(path, true, false);
                Arena arena = Arena.ofConfined()) {
            assertEquals(-Errno.EBADF.number(), file.writeBuffer(arena.allocate(1), 1, 0));
        }
    }

    @Test
    void locksExcludeEachOtherAsReadersAndWritersDo() {
        try (StorageFile writer = StorageFile.open(path, false, false)) {
            try (StorageFile first = StorageFile.open(path, true, false);
                    StorageFile second = StorageFile.open(path, true, false)) {
                assertTrue(first.tryLock(false));
                assertTrue(second.tryLock(false));
                assertFalse(writer.tryLock(true));
            }
            assertTrue(writer.tryLock(true));
        }
    }

    @Test
    void aMissingFileIsNamed() {
        Path missing = directory.resolve("none");
        SyscallException e = assertThrows(SyscallException.class, () -> StorageFile.open(missing, true, false));
        assertEquals("cannot open " + missing + ": no such file or entry (ENOENT)", e.getMessage());
    }

    private static MemorySegment vector(Arena arena, MemorySegment... pieces) {
        MemorySegment vector = arena.allocate(ValueLayout.JAVA_LONG, 2L * pieces.length);
        for (int i = 0; i < pieces.length; i++) {
            vector.setAtIndex(ValueLayout.JAVA_LONG, 2L * i, pieces[i].address());
            vector.setAtIndex(ValueLayout.JAVA_LONG, 2L * i + 1, pieces[i].byteSize());
        }
        return vector;
    }
}
