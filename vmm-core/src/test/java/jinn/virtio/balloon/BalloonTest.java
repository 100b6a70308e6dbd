package jinn.virtio.balloon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import jinn.memory.IoVector;
import jinn.testing.DeviceBench;
import jinn.testing.DeviceBench.KickPath;
import jinn.testing.FakeDriver.Buffer;
import jinn.testing.FakeDriver.Used;
import jinn.testing.GuestRam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BalloonTest {

    private static final long DATA = DeviceBench.DATA;
    private static final int STATS_VQ = 1 << 1;
    private static final int PAGE_REPORTING = 1 << 5;
    private static final int BOTH = STATS_VQ | PAGE_REPORTING;

    /** A piece of memory that was given back, by its host-virtual address. */
    private record Piece(long address, long bytes) {}

    private final List<Piece> reclaimed = new ArrayList<>();
    private final Balloon balloon = new Balloon("balloon0", this::note, false);

    private void note(IoVector pieces) {
        for (int i = 0; i < pieces.count(); i++) {
            reclaimed.add(new Piece(
                    pieces.elements().get(ValueLayout.JAVA_LONG, 16L * i),
                    pieces.elements().get(ValueLayout.JAVA_LONG, 16L * i + 8)));
        }
    }

    private static Piece page(DeviceBench bench, long address, long bytes) {
        return new Piece(bench.memory.regions().getFirst().host().address() + address - GuestRam.BASE, bytes);
    }

    private static void name(DeviceBench bench, int at, long... addresses) {
        for (int i = 0; i < addresses.length; i++) {
            bench.memory.writeU32(DATA + at + 4L * i, addresses[i] >> 12);
        }
    }

    @Test
    void offersStatisticsAndReportingAndDeflationWhenAsked() {
        assertEquals(BOTH, balloon.features());
        assertEquals(BOTH | 1 << 2, new Balloon("b", pieces -> {}, true).features());
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void pagesThatTheGuestNamesAreGivenBack(KickPath path) {
        DeviceBench bench = new DeviceBench(balloon, BOTH);
        name(bench, 0, GuestRam.BASE + 0x20000, GuestRam.BASE + 0x3f000);
        int head = bench.queues[0].add(Buffer.readable(DATA, 8));
        bench.kick(0, path);

        assertEquals(Optional.of(new Used(head, 0)), bench.queues[0].takeUsed());
        assertEquals(
                List.of(page(bench, GuestRam.BASE + 0x20000, 4096), page(bench, GuestRam.BASE + 0x3f000, 4096)),
                reclaimed);
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void pagesThatTheGuestTakesBackAreAcknowledged(KickPath path) {
        DeviceBench bench = new DeviceBench(balloon, BOTH);
        name(bench, 0, GuestRam.BASE + 0x20000);
        int head = bench.queues[1].add(Buffer.readable(DATA, 4));
        bench.kick(1, path);

        assertEquals(Optional.of(new Used(head, 0)), bench.queues[1].takeUsed());
        assertEquals(List.of(), reclaimed);
    }

    @Test
    void aPageOutsideMemoryBreaksTheDevice() {
        DeviceBench bench = new DeviceBench(balloon, BOTH);
        name(bench, 0, GuestRam.BASE + 0x20000, GuestRam.BASE + 0x40000);
        bench.queues[0].add(Buffer.readable(DATA, 8));
        bench.kick(0, KickPath.KERNEL);

        assertTrue(bench.needsReset());
        assertEquals(List.of(), reclaimed);
    }

    @Test
    void halfAPageNumberBreaksTheDevice() {
        DeviceBench bench = new DeviceBench(balloon, BOTH);
        bench.queues[0].add(Buffer.readable(DATA, 6));
        bench.kick(0, KickPath.KERNEL);

        assertTrue(bench.needsReset());
        assertTrue(bench.warnings.getFirst().contains("6 bytes of page numbers"), bench.warnings::toString);
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void freePagesThatTheGuestReportsAreGivenBackAndCounted(KickPath path) {
        DeviceBench bench = new DeviceBench(balloon, BOTH);
        int head = bench.queues[3].add(
                Buffer.writable(GuestRam.BASE + 0x20000, 0x8000), Buffer.writable(GuestRam.BASE + 0x30000, 0x4000));
        bench.kick(3, path);

        assertEquals(head, bench.queues[3].takeUsed().orElseThrow().head());
        assertEquals(
                List.of(page(bench, GuestRam.BASE + 0x20000, 0x8000), page(bench, GuestRam.BASE + 0x30000, 0x4000)),
                reclaimed);
        assertEquals(0xc000, balloon.reportedBytes());
    }

    @Test
    void reportingMovesUpWithoutStatistics() {
        DeviceBench bench = new DeviceBench(balloon, PAGE_REPORTING);
        bench.queues[2].add(Buffer.writable(GuestRam.BASE + 0x20000, 0x1000));
        bench.kick(2, KickPath.KERNEL);

        assertEquals(0x1000, balloon.reportedBytes());
    }

    @Test
    void theTargetIsConfigurationAndItsChangeAnInterrupt() {
        DeviceBench bench = new DeviceBench(balloon, BOTH);
        bench.line.take();
        balloon.setTarget(5 * 4096 + 1);

        assertEquals(1, bench.line.take());
        assertEquals(2, bench.driver.read(0x060) & 2);
        assertEquals(5, bench.transport.read(0x100, 4));
        bench.transport.write(0x104, 4, 3);
        assertEquals(3 * 4096, balloon.actualBytes());
        assertEquals(5 * 4096, balloon.targetBytes());
    }

    @Test
    void statisticsAreAskedForByGivingTheBufferBack() {
        DeviceBench bench = new DeviceBench(balloon, BOTH);
        statistic(bench, 0, 4, 0x123456789L);
        statistic(bench, 10, 5, 1L << 32);
        statistic(bench, 20, 99, 7);
        int head = bench.queues[2].add(Buffer.readable(DATA, 30));
        bench.kick(2, KickPath.KERNEL);
        assertEquals(Optional.empty(), bench.queues[2].takeUsed());

        BalloonStatistics first = balloon.statistics();
        bench.executor.runTasks();
        assertEquals(OptionalLong.of(0x123456789L), first.free());
        assertEquals(OptionalLong.of(1L << 32), first.total());
        assertEquals(OptionalLong.empty(), first.caches());
        assertEquals(Optional.of(new Used(head, 0)), bench.queues[2].takeUsed());

        statistic(bench, 0, 4, 11);
        bench.queues[2].add(Buffer.readable(DATA, 10));
        bench.kick(2, KickPath.USERSPACE);
        assertEquals(OptionalLong.of(11), balloon.statistics().free());
    }

    private static void statistic(DeviceBench bench, int at, int tag, long value) {
        bench.memory.writeU16(DATA + at, tag);
        bench.memory.writeU64(DATA + at + 2, value);
    }

    @Test
    void aResetForgetsTheBalloonsSizeAndTheBuffer() {
        DeviceBench bench = new DeviceBench(balloon, BOTH);
        bench.transport.write(0x104, 4, 3);
        bench.queues[2].add(Buffer.readable(DATA, 10));
        bench.kick(2, KickPath.KERNEL);
        bench.driver.write(0x070, 0);
        bench.executor.runTasks();

        assertEquals(0, balloon.actualBytes());
        balloon.statistics();
        bench.executor.runTasks();
        assertEquals(List.of(), bench.warnings);
    }
}
