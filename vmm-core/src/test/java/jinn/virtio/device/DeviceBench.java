package jinn.virtio.device;

import java.util.ArrayList;
import java.util.List;
import jinn.memory.GuestMemory;
import jinn.testing.FakeDriver;
import jinn.testing.FakeExecutor;
import jinn.testing.FakeMmioDriver;
import jinn.testing.GuestRam;
import jinn.testing.RecordingLine;
import jinn.virtio.VirtioDevice;
import jinn.virtio.mmio.MmioTransport;

/** A started device with a driver at its registers and at each of its queues. */
final class DeviceBench {

    /** How the driver's kick reaches the device. */
    enum KickPath {
        /** The kernel signals the queue's doorbell and the loop calls the transport. */
        KERNEL,
        /** The store to QueueNotify leaves the guest and a vCPU thread writes the register. */
        USERSPACE
    }

    static final long DATA = GuestRam.BASE + 0x10000;

    private static final int QUEUE_SIZE = 16;
    private static final long QUEUE_STRIDE = 0x1000;

    final GuestMemory memory = GuestRam.ofBytes(0x40000);
    final FakeExecutor executor = new FakeExecutor();
    final RecordingLine line = new RecordingLine();
    final List<String> warnings = new ArrayList<>();
    final MmioTransport transport;
    final FakeMmioDriver driver;
    final FakeDriver[] queues;

    DeviceBench(VirtioDevice device, long features) {
        transport = new MmioTransport(device, memory, line, executor, warnings::add);
        driver = new FakeMmioDriver(transport);
        queues = new FakeDriver[device.queueCount()];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new FakeDriver(memory, GuestRam.BASE + i * QUEUE_STRIDE, QUEUE_SIZE);
        }
        driver.start(FakeMmioDriver.VERSION_1 | features, queues);
        executor.runTasks();
    }

    void kick(int queue, KickPath path) {
        switch (path) {
            case KERNEL -> executor.executeAndWait(() -> transport.notifyQueue(queue));
            case USERSPACE -> driver.kick(queue);
        }
        executor.runTasks();
    }

    void fill(long address, byte[] bytes) {
        memory.copyTo(address, bytes, 0, bytes.length);
    }

    byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        memory.copyFrom(address, bytes, 0, length);
        return bytes;
    }

    boolean needsReset() {
        return (driver.status() & FakeMmioDriver.NEEDS_RESET) != 0;
    }
}
