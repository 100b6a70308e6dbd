package jinn.virtio.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import jinn.testing.DeviceBench;
import jinn.testing.DeviceBench.KickPath;
import jinn.testing.FakeDriver.Buffer;
import jinn.testing.FakeDriver.Used;
import jinn.testing.FakeMmioDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RngTest {

    private static final long DATA = DeviceBench.DATA;

    private byte next = 1;
    private final DeviceBench bench = new DeviceBench(new Rng(this::count), FakeMmioDriver.EVENT_IDX);

    private void count(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            bytes[i] = next++;
        }
    }

    @Test
    void isAnEntropyDeviceWithOneQueue() {
        assertEquals(4, bench.driver.read(0x008));
        bench.driver.write(0x030, 0);
        assertEquals(64, bench.driver.read(0x034));
        bench.driver.write(0x030, 1);
        assertEquals(0, bench.driver.read(0x034));
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void requestIsFilledFromTheSourceOnBothPaths(KickPath path) {
        int head = bench.queues[0].add(Buffer.writable(DATA, 3), Buffer.writable(DATA + 16, 2));
        bench.kick(0, path);

        assertEquals(Optional.of(new Used(head, 5)), bench.queues[0].takeUsed());
        assertArrayEquals(new byte[] {1, 2, 3, 0}, bench.bytes(DATA, 4));
        assertArrayEquals(new byte[] {4, 5, 0}, bench.bytes(DATA + 16, 3));
        assertEquals(1, bench.line.take());
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void requestsOfOneKickRaiseOneInterrupt(KickPath path) {
        for (int i = 0; i < 10; i++) {
            bench.queues[0].add(Buffer.writable(DATA + i * 64L, 64));
        }
        bench.kick(0, path);

        assertEquals(10, bench.queues[0].usedIndex());
        assertEquals(1, bench.line.take());
    }

    @Test
    void hugeRequestGetsFewerBytesThanItAsksFor() {
        int head = bench.queues[0].add(Buffer.writable(DATA, 0x10000));
        bench.kick(0, KickPath.KERNEL);

        assertEquals(Optional.of(new Used(head, 4096)), bench.queues[0].takeUsed());
        assertEquals(0, bench.memory.readU8(DATA + 4096));
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void readableBufferBreaksTheDevice(KickPath path) {
        bench.queues[0].add(Buffer.readable(DATA, 4), Buffer.writable(DATA + 16, 4));
        bench.kick(0, path);

        assertTrue(bench.needsReset());
        assertTrue(bench.warnings.getFirst().contains("entropy request has 4 readable bytes"));
    }
}
