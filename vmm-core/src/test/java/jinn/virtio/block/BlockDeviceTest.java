package jinn.virtio.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import jinn.backend.DiskFile;
import jinn.testing.DeviceBench;
import jinn.testing.DeviceBench.KickPath;
import jinn.testing.FakeDisk;
import jinn.testing.FakeDriver.Buffer;
import jinn.testing.FakeDriver.Used;
import jinn.testing.FakeMmioDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The block device on a real file, by requests that the test writes into its queue. Numbers are those of section 5.2. */
final class BlockDeviceTest {

    private static final int IN = 0;
    private static final int OUT = 1;
    private static final int FLUSH = 4;
    private static final int GET_ID = 8;
    private static final int DISCARD = 11;
    private static final int WRITE_ZEROES = 13;

    private static final int OK = 0;
    private static final int IOERR = 1;
    private static final int UNSUPP = 2;

    private static final long RO = 1 << 5;
    private static final long WITH_FLUSH = 1 << 9;
    private static final long CONFIG_WCE = 1 << 11;
    private static final long WITH_DISCARD = 1 << 13;
    private static final long WITH_WRITE_ZEROES = 1 << 14;
    private static final long ALL = WITH_FLUSH | CONFIG_WCE | WITH_DISCARD | WITH_WRITE_ZEROES;

    private static final int SECTORS = 64;
    private static final int SECTOR = 512;
    private static final long LARGEST = 0xffff_ffff_ffff_ffffL;

    private static final long HEADER = DeviceBench.DATA;
    private static final long STATUS = DeviceBench.DATA + 0x100;
    private static final long DATA = DeviceBench.DATA + 0x1000;
    private static final int UNTOUCHED = 0xee;

    @TempDir
    private Path directory;

    private Path path;
    private DiskFile file;
    private FakeDisk disk;
    private DeviceBench bench;

    private void start(boolean readOnly, long features) throws IOException {
        byte[] content = new byte[SECTORS * SECTOR];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i / SECTOR + 1);
        }
        path = Files.write(directory.resolve("disk.raw"), content);
        file = DiskFile.open(path, readOnly, false, warning -> {});
        disk = new FakeDisk(file);
        bench = new DeviceBench(new BlockDevice("block0", disk, 1, "serial-1"), features);
    }

    @AfterEach
    void close() {
        if (file != null) {
            bench.transport.close();
            file.close();
        }
    }

    private void putHeader(int type, long sector) {
        bench.memory.writeU32(HEADER, type);
        bench.memory.writeU32(HEADER + 4, 0);
        bench.memory.writeU64(HEADER + 8, sector);
        bench.memory.writeU8(STATUS, UNTOUCHED);
    }

    /** Sends a request with its header, one data buffer unless that is empty, and its status. */
    private int request(int type, long sector, int length) {
        putHeader(type, sector);
        boolean toDevice = type != IN && type != GET_ID;
        Buffer header = Buffer.readable(HEADER, 16);
        Buffer status = Buffer.writable(STATUS, 1);
        if (length == 0) {
            bench.queues[0].add(header, status);
        } else {
            bench.queues[0].add(header, new Buffer(DATA, length, !toDevice), status);
        }
        bench.kick(0, KickPath.KERNEL);
        return bench.memory.readU8(STATUS);
    }

    private void putRange(int index, long sector, long sectors, int flags) {
        bench.memory.writeU64(DATA + 16L * index, sector);
        bench.memory.writeU32(DATA + 16L * index + 8, sectors);
        bench.memory.writeU32(DATA + 16L * index + 12, flags);
    }

    private byte[] sector(int number) throws IOException {
        return Arrays.copyOfRange(Files.readAllBytes(path), number * SECTOR, (number + 1) * SECTOR);
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private Used used() {
        return bench.queues[0].takeUsed().orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void readsTheSectorsThatAreAskedForOnBothPaths(KickPath kick) throws IOException {
        start(false, ALL);
        putHeader(IN, 3);
        int head = bench.queues[0].add(
                Buffer.readable(HEADER, 16), Buffer.writable(DATA, 1024), Buffer.writable(STATUS, 1));
        bench.kick(0, kick);

        assertEquals(Optional.of(new Used(head, 1025)), bench.queues[0].takeUsed());
        assertEquals(OK, bench.memory.readU8(STATUS));
        assertArrayEquals(filled(512, 4), bench.bytes(DATA, 512));
        assertArrayEquals(filled(512, 5), bench.bytes(DATA + 512, 512));
        assertEquals(0, bench.memory.readU8(DATA + 1024));
        assertEquals(1, bench.line.take());
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void writesTheSectorsThatAreGivenOnBothPaths(KickPath kick) throws IOException {
        start(false, ALL);
        putHeader(OUT, 10);
        bench.fill(DATA, filled(512, 99));
        int head = bench.queues[0].add(
                Buffer.readable(HEADER, 16), Buffer.readable(DATA, 512), Buffer.writable(STATUS, 1));
        bench.kick(0, kick);

        assertEquals(Optional.of(new Used(head, 1)), bench.queues[0].takeUsed());
        assertEquals(OK, bench.memory.readU8(STATUS));
        assertArrayEquals(filled(512, 10), sector(9));
        assertArrayEquals(filled(512, 99), sector(10));
        assertArrayEquals(filled(512, 12), sector(11));
    }

    @Test
    void aReadMayComeInAnyPieces() throws IOException {
        start(false, ALL);
        putHeader(IN, 7);
        bench.queues[0].add(
                Buffer.readable(HEADER, 3),
                Buffer.readable(HEADER + 3, 13),
                Buffer.writable(DATA, 1),
                Buffer.writable(DATA + 0x1001, 510),
                Buffer.writable(DATA + 0x2000, 2));
        bench.kick(0, KickPath.KERNEL);

        assertEquals(513, used().length());
        assertArrayEquals(filled(1, 8), bench.bytes(DATA, 1));
        assertArrayEquals(filled(510, 8), bench.bytes(DATA + 0x1001, 510));
        assertArrayEquals(new byte[] {8, OK}, bench.bytes(DATA + 0x2000, 2));
    }

    @Test
    void aWriteMayComeInAnyPieces() throws IOException {
        start(false, ALL);
        putHeader(OUT, 20);
        bench.fill(HEADER + 16, filled(512, 77));
        bench.queues[0].add(
                Buffer.readable(HEADER, 15),
                Buffer.readable(HEADER + 15, 2),
                Buffer.readable(HEADER + 17, 511),
                Buffer.writable(STATUS + 0x800, 1));
        bench.kick(0, KickPath.KERNEL);

        assertEquals(OK, bench.memory.readU8(STATUS + 0x800));
        assertArrayEquals(filled(512, 77), sector(20));
    }

    @ParameterizedTest
    @CsvSource({"0, 512, 0", "63, 512, 0", "62, 1024, 0", "64, 0, 0", "63, 1024, 1", "64, 512, 1", "65, 0, 1"})
    void onlySectorsOfTheDiskAreRead(long sector, int length, int status) throws IOException {
        start(false, ALL);
        assertEquals(status, request(IN, sector, length));
        assertEquals(status == OK ? length + 1 : length == 0 ? 1 : 0, used().length());
        assertFalse(bench.needsReset());
    }

    @ParameterizedTest
    @ValueSource(longs = {64, 1L << 32, 1L << 54, 1L << 55, Long.MAX_VALUE, Long.MIN_VALUE, LARGEST})
    void sectorsFarBeyondTheEndAreNeitherReadNorWritten(long sector) throws IOException {
        start(false, ALL);
        byte[] before = Files.readAllBytes(path);
        assertEquals(IOERR, request(IN, sector, 512));
        assertEquals(IOERR, request(OUT, sector, 512));
        putRange(0, sector, 1, 0);
        assertEquals(IOERR, request(DISCARD, 0, 16));
        assertEquals(IOERR, request(WRITE_ZEROES, 0, 16));
        assertArrayEquals(before, Files.readAllBytes(path));
    }

    @Test
    void partsOfASectorAreNeitherReadNorWritten() throws IOException {
        start(false, ALL);
        assertEquals(IOERR, request(IN, 0, 511));
        assertEquals(IOERR, request(OUT, 0, 513));
        assertArrayEquals(filled(512, 1), sector(0));
    }

    @Test
    void flushReachesTheDisk() throws IOException {
        start(false, ALL);
        assertEquals(OK, request(FLUSH, 0, 0));
        assertEquals(1, used().length());
        assertEquals(1, disk.flushes());
    }

    @Test
    void theIdIsFilledUpWithZeroes() throws IOException {
        start(false, ALL);
        assertEquals(OK, request(GET_ID, 0, 20));
        assertEquals(21, used().length());
        byte[] expected = Arrays.copyOf("serial-1".getBytes(StandardCharsets.US_ASCII), 20);
        assertArrayEquals(expected, bench.bytes(DATA, 20));
    }

    @Test
    void theIdIsCutToABufferThatIsTooShort() throws IOException {
        start(false, ALL);
        assertEquals(OK, request(GET_ID, 0, 3));
        assertEquals(4, used().length());
        assertArrayEquals(new byte[] {'s', 'e', 'r', 0}, bench.bytes(DATA, 4));
    }

    @Test
    void theStatusComesLastEvenIfTheIdLeavesAGap() throws IOException {
        start(false, ALL);
        assertEquals(OK, request(GET_ID, 0, 100));
        // What the used ring counts is written from the start on, and the gap is not.
        assertEquals(20, used().length());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 7, 9, 10, 12, 14, 99, -1})
    void typesThatAreNotKnownAreUnsupported(int type) throws IOException {
        start(false, ALL);
        assertEquals(UNSUPP, request(type, 0, 0));
        assertFalse(bench.needsReset());
    }

    @Test
    void zeroesAreWrittenToEachRange() throws IOException {
        start(false, ALL);
        putRange(0, 8, 8, 0);
        putRange(1, 30, 1, 1);
        assertEquals(OK, request(WRITE_ZEROES, 0, 32));
        assertArrayEquals(filled(512, 8), sector(7));
        assertArrayEquals(new byte[512], sector(8));
        assertArrayEquals(new byte[512], sector(15));
        assertArrayEquals(filled(512, 17), sector(16));
        assertArrayEquals(filled(512, 30), sector(29));
        assertArrayEquals(new byte[512], sector(30));
    }

    @Test
    void whatIsDiscardedLosesItsSpace() throws IOException {
        start(false, ALL);
        putRange(0, 8, 8, 0);
        assertEquals(OK, request(DISCARD, 0, 16));
        assertArrayEquals(new byte[512], sector(8));
        assertEquals(SECTORS * SECTOR, Files.size(path));
    }

    @ParameterizedTest
    @CsvSource({
        "11, 0, 1, 1, 2", "11, 0, 1, 2, 2", "13, 0, 1, 2, 2", "13, 0, 1, -2147483648, 2", "11, 63, 2, 0, 1",
        "13, 63, 2, 0, 1", "13, 0, 2097153, 0, 1", "13, 0, 4294967295, 1, 1", "13, 0, 0, 0, 0", "11, 64, 0, 0, 0"
    })
    void rangesAreCheckedBeforeTheFirstIsTouched(int type, long sector, long sectors, int flags, int status)
            throws IOException {
        start(false, ALL);
        putRange(0, 0, 1, 0);
        putRange(1, sector, sectors, flags);
        assertEquals(status, request(type, 0, 32));
        assertArrayEquals(status == OK ? new byte[512] : filled(512, 1), sector(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 15, 17, 16 * 65})
    void aListOfRangesHasToBeWholeAndNotTooLong(int length) throws IOException {
        start(false, ALL);
        bench.fill(DATA, new byte[length]);
        assertEquals(IOERR, request(WRITE_ZEROES, 0, length));
    }

    @Test
    void whatWasNotNegotiatedIsUnsupported() throws IOException {
        start(false, WITH_FLUSH);
        putRange(0, 0, 1, 0);
        assertEquals(UNSUPP, request(DISCARD, 0, 16));
        assertEquals(UNSUPP, request(WRITE_ZEROES, 0, 16));
        assertArrayEquals(filled(512, 1), sector(0));
    }

    @Test
    void aReadOnlyDiskRefusesEveryChangeAndGoesOnReading() throws IOException {
        start(true, RO | WITH_FLUSH);
        assertTrue((bench.driver.offeredFeatures() & RO) != 0);
        assertEquals(0, bench.driver.offeredFeatures() & (WITH_DISCARD | WITH_WRITE_ZEROES));
        putRange(0, 0, 1, 0);
        assertEquals(IOERR, request(OUT, 0, 512));
        assertEquals(IOERR, request(DISCARD, 0, 16));
        assertEquals(IOERR, request(WRITE_ZEROES, 0, 16));
        assertArrayEquals(filled(512, 1), sector(0));
        assertFalse(bench.needsReset());
        assertEquals(OK, request(IN, 0, 512));
        assertEquals(OK, request(FLUSH, 0, 0));
    }

    @Test
    void aDriverThatCannotFlushHasItsWritesFlushed() throws IOException {
        start(false, WITH_WRITE_ZEROES);
        assertEquals(OK, request(OUT, 0, 512));
        assertEquals(1, disk.flushes());
        putRange(0, 0, 1, 0);
        assertEquals(OK, request(WRITE_ZEROES, 0, 16));
        assertEquals(2, disk.flushes());
        assertEquals(0, bench.transport.read(0x100 + 32, 1));
    }

    @Test
    void theDriverChoosesWriteThroughAndAResetForgetsIt() throws IOException {
        start(false, ALL);
        assertEquals(1, bench.transport.read(0x100 + 32, 1));
        assertEquals(OK, request(OUT, 0, 512));
        assertEquals(0, disk.flushes());

        bench.transport.write(0x100 + 32, 1, 0);
        assertEquals(0, bench.transport.read(0x100 + 32, 1));
        assertEquals(OK, request(OUT, 0, 512));
        assertEquals(1, disk.flushes());

        bench.driver.setStatus(0);
        assertEquals(1, bench.transport.read(0x100 + 32, 1));
    }

    @Test
    void aFailureOfTheDiskIsAnErrorOfTheRequestOnly() throws IOException {
        start(false, ALL);
        disk.fail();
        assertEquals(IOERR, request(IN, 0, 1024));
        assertEquals(512, used().length());
        assertEquals(IOERR, request(OUT, 0, 512));
        assertEquals(IOERR, request(FLUSH, 0, 0));
        putRange(0, 0, 1, 0);
        assertEquals(IOERR, request(DISCARD, 0, 16));
        assertEquals(IOERR, request(WRITE_ZEROES, 0, 16));
        assertFalse(bench.needsReset());
    }

    @Test
    void aFileThatShrinksIsAnErrorOfTheRequestOnly() throws IOException {
        start(false, ALL);
        try (RandomAccessFile shorter = new RandomAccessFile(path.toFile(), "rw")) {
            shorter.setLength(2 * SECTOR);
        }
        assertEquals(IOERR, request(IN, 1, 1024));
        assertEquals(512, used().length());
        assertEquals(OK, request(IN, 1, 512));
        assertEquals(OK, request(OUT, 10, 512));
        assertFalse(bench.needsReset());
    }

    @Test
    void aRequestWithoutAStatusStopsTheDevice() throws IOException {
        start(false, ALL);
        putHeader(FLUSH, 0);
        bench.queues[0].add(Buffer.readable(HEADER, 16));
        bench.kick(0, KickPath.KERNEL);
        assertTrue(bench.needsReset());
        assertTrue(bench.warnings.getFirst().contains("no place for its status"), bench.warnings::toString);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15})
    void aRequestWithoutAWholeHeaderStopsTheDevice(int length) throws IOException {
        start(false, ALL);
        putHeader(FLUSH, 0);
        if (length == 0) {
            bench.queues[0].add(Buffer.writable(STATUS, 1));
        } else {
            bench.queues[0].add(Buffer.readable(HEADER, length), Buffer.writable(STATUS, 1));
        }
        bench.kick(0, KickPath.KERNEL);
        assertTrue(bench.needsReset());
        assertTrue(bench.warnings.getFirst().contains("header of " + length + " bytes"), bench.warnings::toString);
        assertEquals(UNTOUCHED, bench.memory.readU8(STATUS));
    }

    @Test
    void requestsOfOneKickAreShownTogether() throws IOException {
        start(false, ALL | FakeMmioDriver.EVENT_IDX);
        putHeader(IN, 0);
        for (int i = 0; i < 5; i++) {
            bench.queues[0].add(
                    Buffer.readable(HEADER, 16),
                    Buffer.writable(DATA + i * 0x1000L, 512),
                    Buffer.writable(STATUS + i, 1));
        }
        bench.kick(0, KickPath.KERNEL);
        assertEquals(5, bench.queues[0].usedIndex());
        assertEquals(1, bench.line.take());
    }

    @Test
    void theConfigurationSpaceDescribesTheDisk() throws IOException {
        start(false, ALL);
        assertEquals(2, bench.driver.read(0x008));
        assertEquals(SECTORS, bench.transport.read(0x100, 8));
        assertEquals(254, bench.transport.read(0x100 + 12, 4));
        assertEquals(512, bench.transport.read(0x100 + 20, 4));
        assertEquals(3, bench.transport.read(0x100 + 24, 1));
        assertEquals(8, bench.transport.read(0x100 + 26, 2));
        assertEquals(1, bench.transport.read(0x100 + 34, 2));
        assertEquals(1 << 21, bench.transport.read(0x100 + 36, 4));
        assertEquals(64, bench.transport.read(0x100 + 40, 4));
        assertEquals(8, bench.transport.read(0x100 + 44, 4));
        assertEquals(1 << 21, bench.transport.read(0x100 + 48, 4));
        assertEquals(64, bench.transport.read(0x100 + 52, 4));
        assertEquals(1, bench.transport.read(0x100 + 56, 1));
        assertEquals(0, bench.transport.read(0x100 + 60, 8));
        assertEquals(0, bench.transport.read(0x100 + 0xf8, 8));
        bench.transport.write(0x100, 8, 1);
        bench.transport.write(0x100 + 32, 4, 0);
        assertEquals(SECTORS, bench.transport.read(0x100, 8));
        assertEquals(1, bench.transport.read(0x100 + 32, 1));
    }

    @Test
    void everyQueueServesItsOwnRequests() throws IOException {
        start(false, ALL);
        bench.transport.close();
        bench = new DeviceBench(new BlockDevice("block0", disk, 3, ""), ALL | 1 << 12);
        assertEquals(3, bench.transport.read(0x100 + 34, 2));
        for (int queue = 0; queue < 3; queue++) {
            putHeader(IN, queue);
            bench.queues[queue].add(
                    Buffer.readable(HEADER, 16), Buffer.writable(DATA, 512), Buffer.writable(STATUS, 1));
            bench.kick(queue, KickPath.KERNEL);
            assertEquals(OK, bench.memory.readU8(STATUS));
            assertArrayEquals(filled(512, queue + 1), bench.bytes(DATA, 512));
            assertEquals(1, bench.queues[queue].usedIndex());
        }
    }
}
