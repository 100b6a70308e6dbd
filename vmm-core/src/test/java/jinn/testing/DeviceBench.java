package jinn.testing;

import java.util.ArrayList;
import java.util.List;
import jinn.memory.GuestMemory;
import jinn.virtio.VirtioDevice;
import jinn.virtio.mmio.MmioTransport;

/** A started device with a driver at its registers and at each of its queues. */
public final class DeviceBench {

    /** How the driver's kick reaches the device. */
    public enum KickPath {
        /** The kernel signals the queue's doorbell and the loop calls the transport. */
        KERNEL,
        /** The store to QueueNotify leaves the guest and a vCPU thread writes the register. */
        USERSPACE
    }

    /** Guest-physical address of 192 KiB that no queue is in. */
    public static final long DATA = GuestRam.BASE + 0x10000;

    private static final int QUEUE_SIZE = 16;
    private static final long QUEUE_STRIDE = 0x1000;

    /** The guest's RAM, 256 KiB. */
    public final GuestMemory memory = GuestRam.ofBytes(0x40000);
    /** The loop. */
    public final FakeExecutor executor = new FakeExecutor();
    /** The interrupt. */
    public final RecordingLine line = new RecordingLine();
    /** What the user was told. */
    public final List<String> warnings = new ArrayList<>();
    /** The device's registers. */
    public final MmioTransport transport;
    /** The driver at them. */
    public final FakeMmioDriver driver;
    /** The driver at each queue. */
    public final FakeDriver[] queues;

    /** Starts a device; the driver accepts the features, and VERSION_1. */
    public DeviceBench(VirtioDevice device, long features) {
        transport = new MmioTransport(device, memory, line, executor, warnings::add);
        driver = new FakeMmioDriver(transport);
        queues = new FakeDriver[device.queueCount()];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new FakeDriver(memory, GuestRam.BASE + i * QUEUE_STRIDE, QUEUE_SIZE);
        }
        driver.start(FakeMmioDriver.VERSION_1 | features, queues);
        executor.runTasks();
    }

    /** Kicks a queue and lets the loop serve it. */
    public void kick(int queue, KickPath path) {
        switch (path) {
            case KERNEL -> executor.executeAndWait(() -> transport.notifyQueue(queue));
            case USERSPACE -> driver.kick(queue);
        }
        executor.runTasks();
    }

    /** Writes the guest's memory. */
    public void fill(long address, byte[] bytes) {
        memory.copyTo(address, bytes, 0, bytes.length);
    }

    /** Reads the guest's memory. */
    public byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        memory.copyFrom(address, bytes, 0, length);
        return bytes;
    }

    /** Returns whether the device has given the driver up. */
    public boolean needsReset() {
        return (driver.status() & FakeMmioDriver.NEEDS_RESET) != 0;
    }
}
