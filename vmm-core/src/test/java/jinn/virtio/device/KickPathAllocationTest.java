package jinn.virtio.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import jinn.backend.DiskFile;
import jinn.testing.AllocationMeter;
import jinn.testing.DeviceBench;
import jinn.testing.FakeDriver;
import jinn.testing.FakeMmioDriver;
import jinn.virtio.block.BlockDevice;
import jinn.virtio.console.Console;
import jinn.virtio.net.NetDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From the kick to the used ring and the interrupt, a device creates no object once it is warm. */
class KickPathAllocationTest {

    private static final int WARM_UP_KICKS = 50_000;
    private static final int MEASURED_KICKS = 10_000;
    private static final int ROUNDS = 50;

    /** VIRTIO_BLK_F_FLUSH: without it each write is flushed at once. */
    private static final long BLOCK_FLUSH = 1 << 9;

    private static final long DATA = DeviceBench.DATA;

    private final AllocationMeter meter = new AllocationMeter();

    @Test
    void entropyRequestAllocatesNothing() {
        DeviceBench bench =
                new DeviceBench(new Rng((bytes, offset, length) -> bytes[offset]++), FakeMmioDriver.INDIRECT_DESC);
        assertAllocatesNothing(bench, 0, () -> bench.queues[0].describe(0, DATA, 64, FakeDriver.WRITE, 0));
    }

    @Test
    void consoleOutputAllocatesNothing() {
        DeviceBench bench = new DeviceBench(new Console((bytes, offset, length) -> {}), FakeMmioDriver.INDIRECT_DESC);
        assertAllocatesNothing(bench, 1, () -> bench.queues[1].describe(0, DATA, 64, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void blockRequestAllocatesNothing(int type, @TempDir Path directory) throws IOException {
        Path path = Files.write(directory.resolve("disk"), new byte[8192]);
        try (DiskFile disk = DiskFile.open(path, false, false, warning -> {})) {
            DeviceBench bench =
                    new DeviceBench(new BlockDevice("block0", disk, 1, ""), FakeMmioDriver.INDIRECT_DESC | BLOCK_FLUSH);
            bench.memory.writeU32(DATA, type);
            bench.memory.writeU64(DATA + 8, 3);
            int data = FakeDriver.NEXT | (type == 0 ? FakeDriver.WRITE : 0);
            assertAllocatesNothing(bench, 0, () -> {
                bench.queues[0].describe(0, DATA, 16, FakeDriver.NEXT, 1);
                bench.queues[0].describe(1, DATA + 0x1000, 4096, data, 2);
                bench.queues[0].describe(2, DATA + 0x100, 1, FakeDriver.WRITE, 0);
            });
            assertEquals(0, bench.memory.readU8(DATA + 0x100));
        }
    }

    @Test
    void frameOfTheGuestAllocatesNothing() {
        DeviceBench bench = new DeviceBench(net(), FakeMmioDriver.INDIRECT_DESC);
        assertAllocatesNothing(bench, 1, () -> bench.queues[1].describe(0, DATA, 100, 0, 0));
    }

    @Test
    void frameForTheGuestAllocatesNothing() {
        DeviceBench bench = new DeviceBench(net(), FakeMmioDriver.INDIRECT_DESC);
        assertAllocatesNothing(bench, 0, () -> bench.queues[0].describe(0, DATA, 200, FakeDriver.WRITE, 0));
    }

    private static NetDevice net() {
        return new NetDevice("net0", new FakeEndlessNet(), new byte[6], OptionalInt.empty());
    }

    private void assertAllocatesNothing(DeviceBench bench, int queue, Runnable describe) {
        Runnable kick = () -> bench.transport.notifyQueue(queue);
        Runnable kicks = () -> {
            for (int i = 0; i < MEASURED_KICKS; i++) {
                describe.run();
                bench.queues[queue].offer(0);
                bench.executor.executeAndWait(kick);
                bench.driver.kick(queue);
                bench.executor.runTasks();
            }
        };
        for (int i = 0; i < WARM_UP_KICKS / MEASURED_KICKS; i++) {
            kicks.run();
        }
        int before = bench.queues[queue].usedIndex();
        bench.line.take();

        /* The virtual machine may link or recompile in one round; an object per kick would show in every round. */
        long least = Long.MAX_VALUE;
        int rounds = 0;
        while (least > 0 && rounds < ROUNDS) {
            least = Math.min(least, meter.bytesOf(kicks));
            rounds++;
        }

        assertEquals(0, least);
        assertEquals(rounds * MEASURED_KICKS % 0x10000, (bench.queues[queue].usedIndex() - before) & 0xffff);
        assertEquals(rounds * MEASURED_KICKS, bench.line.take());
    }
}
