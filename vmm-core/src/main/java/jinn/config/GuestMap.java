package jinn.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jinn.boot.GuestLayout;

/** What the machine has at which guest-physical addresses, before its boot files and doorbells come in. */
public final class GuestMap {

    /** One past the last guest-physical address: stage 2 has 40 bits. */
    public static final long END = 1L << 40;

    /** The place of QEMU's PL031; the machine has none yet, and keeps the place for it. */
    private static final long CLOCK = 0x0901_0000L;

    private static final long CLOCK_BYTES = 0x1000L;

    private GuestMap() {}

    /**
     * A range of guest-physical addresses and what is there.
     *
     * @param owner its name in messages
     * @param start the first byte's address
     * @param bytes its size
     */
    public record Range(String owner, long start, long bytes) {

        boolean overlaps(long otherStart, long otherBytes) {
            return start < otherStart + otherBytes && otherStart < start + bytes;
        }

        String shown() {
            return owner + " at " + Scalars.showAddress(start) + "-" + Scalars.showAddress(start + bytes - 1);
        }
    }

    /**
     * Returns the machine's ranges in ascending order.
     *
     * @param devices the virtio devices, at most {@link GuestLayout#VIRTIO_MAXIMUM}
     */
    public static List<Range> ranges(MachineConfig machine, List<DeviceConfig> devices) {
        List<Range> ranges = new ArrayList<>();
        ranges.add(new Range("the GIC distributor", GuestLayout.GIC_DISTRIBUTOR, GuestLayout.GIC_DISTRIBUTOR_BYTES));
        ranges.add(new Range(
                "the GIC redistributors",
                GuestLayout.GIC_REDISTRIBUTORS,
                GuestLayout.GIC_REDISTRIBUTOR_BYTES * machine.cpus()));
        ranges.add(new Range("the PL011 UART", GuestLayout.SERIAL, GuestLayout.SERIAL_BYTES));
        ranges.add(new Range("the place of the PL031 clock", CLOCK, CLOCK_BYTES));
        ranges.add(new Range("the PL061 of the power button", GuestLayout.GPIO, GuestLayout.GPIO_BYTES));
        int taken = Math.min(devices.size(), GuestLayout.VIRTIO_MAXIMUM);
        for (int i = 0; i < taken; i++) {
            ranges.add(new Range(
                    "the device " + devices.get(i).name(i),
                    GuestLayout.virtioAddress(i),
                    GuestLayout.VIRTIO_STRIDE_BYTES));
        }
        if (taken < GuestLayout.VIRTIO_MAXIMUM) {
            ranges.add(new Range(
                    "the free virtio-mmio slots",
                    GuestLayout.virtioAddress(taken),
                    GuestLayout.VIRTIO_STRIDE_BYTES * (GuestLayout.VIRTIO_MAXIMUM - taken)));
        }
        ranges.add(new Range("RAM", GuestLayout.RAM, machine.memoryBytes()));
        return List.copyOf(ranges);
    }

    /** Returns which of the ranges the doorbell's bytes touch, if any. */
    static Optional<Range> ownerOf(DoorbellConfig doorbell, List<Range> ranges) {
        long bytes = Math.max(1, doorbell.length());
        return ranges.stream()
                .filter(range -> range.overlaps(doorbell.address(), bytes))
                .findFirst();
    }
}
