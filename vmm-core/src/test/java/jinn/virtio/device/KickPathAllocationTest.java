package jinn.virtio.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jinn.testing.AllocationMeter;
import jinn.testing.FakeMmioDriver;
import jinn.virtio.VirtioDevice;
import org.junit.jupiter.api.Test;

/** From the kick to the used ring and the interrupt, a device creates no object once it is warm. */
class KickPathAllocationTest {

    private static final int WARM_UP_KICKS = 50_000;
    private static final int MEASURED_KICKS = 10_000;
    private static final int ROUNDS = 5;
    private static final long DATA = DeviceBench.DATA;

    private final AllocationMeter meter = new AllocationMeter();

    @Test
    void entropyRequestAllocatesNothing() {
        assertAllocatesNothing(new Rng((bytes, offset, length) -> bytes[offset]++), 0, 2);
    }

    @Test
    void consoleOutputAllocatesNothing() {
        assertAllocatesNothing(new Console((bytes, offset, length) -> {}), 1, 0);
    }

    private void assertAllocatesNothing(VirtioDevice device, int queue, int flags) {
        DeviceBench bench = new DeviceBench(device, FakeMmioDriver.INDIRECT_DESC);
        Runnable kick = () -> bench.transport.notifyQueue(queue);
        Runnable kicks = () -> {
            for (int i = 0; i < MEASURED_KICKS; i++) {
                bench.queues[queue].describe(0, DATA, 64, flags, 0);
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
        for (int round = 0; round < ROUNDS; round++) {
            least = Math.min(least, meter.bytesOf(kicks));
        }

        assertEquals(0, least);
        assertEquals(ROUNDS * MEASURED_KICKS, (bench.queues[queue].usedIndex() - before) & 0xffff);
        assertEquals(ROUNDS * MEASURED_KICKS, bench.line.take());
    }
}
