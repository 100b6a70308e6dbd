package jinn.testing;

import jinn.bus.MmioDevice;
import jinn.virtio.queue.QueueLayout;

/** A driver at the registers of a virtio-mmio device, by virtio 1.2 sections 3.1.1 and 4.2.3. Offsets are its own. */
public final class FakeMmioDriver {

    /** Status bits. */
    public static final int ACKNOWLEDGE = 1;

    /** Status bits. */
    public static final int DRIVER = 2;

    /** Status bits. */
    public static final int DRIVER_OK = 4;

    /** Status bits. */
    public static final int FEATURES_OK = 8;

    /** Status bits. */
    public static final int NEEDS_RESET = 64;

    /** Feature masks. */
    public static final long VERSION_1 = 1L << 32;

    /** Feature masks. */
    public static final long EVENT_IDX = 1L << 29;

    /** Feature masks. */
    public static final long INDIRECT_DESC = 1L << 28;

    private final MmioDevice device;

    /** Makes a driver for a device's registers. */
    public FakeMmioDriver(MmioDevice device) {
        this.device = device;
    }

    /** Reads a 32-bit register. */
    public long read(int offset) {
        return device.read(offset, 4) & 0xffff_ffffL;
    }

    /** Writes a 32-bit register. */
    public void write(int offset, long value) {
        device.write(offset, 4, value & 0xffff_ffffL);
    }

    /** Returns the status register. */
    public int status() {
        return (int) read(0x070);
    }

    /** Writes the status register. */
    public void setStatus(int value) {
        write(0x070, value);
    }

    /** Returns all offered features. */
    public long offeredFeatures() {
        write(0x014, 0);
        long low = read(0x010);
        write(0x014, 1);
        return low | read(0x010) << 32;
    }

    /** Writes the accepted features. */
    public void acceptFeatures(long features) {
        write(0x024, 0);
        write(0x020, features);
        write(0x024, 1);
        write(0x020, features >>> 32);
    }

    /** Resets the device and goes as far as FEATURES_OK. */
    public void negotiate(long features) {
        setStatus(0);
        setStatus(ACKNOWLEDGE);
        setStatus(ACKNOWLEDGE | DRIVER);
        acceptFeatures(features);
        setStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK);
    }

    /** Tells the device where a queue is and makes it ready. */
    public void setUpQueue(int index, QueueLayout layout) {
        write(0x030, index);
        write(0x038, layout.size());
        write(0x080, layout.descriptorTable());
        write(0x084, layout.descriptorTable() >>> 32);
        write(0x090, layout.availRing());
        write(0x094, layout.availRing() >>> 32);
        write(0x0a0, layout.usedRing());
        write(0x0a4, layout.usedRing() >>> 32);
        write(0x044, 1);
    }

    /** Sets DRIVER_OK. */
    public void finish() {
        setStatus(status() | DRIVER_OK);
    }

    /** Brings a device up with all of its queues. */
    public void start(long features, FakeDriver... queues) {
        negotiate(features);
        for (int i = 0; i < queues.length; i++) {
            setUpQueue(i, queues[i].layout());
        }
        finish();
    }

    /** Writes QueueNotify. */
    public void kick(int queue) {
        write(0x050, queue);
    }

    /** Reads InterruptStatus and acknowledges what it says. */
    public int takeInterrupts() {
        int pending = (int) read(0x060);
        write(0x064, pending);
        return pending;
    }
}
