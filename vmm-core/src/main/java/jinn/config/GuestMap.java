package jinn.config;

import java.util.Optional;
import java.util.stream.Stream;
import jinn.boot.GuestLayout;

/** The guest-physical addresses that a doorbell must keep clear of. */
final class GuestMap {

    /** One past the last guest-physical address: stage 2 has 40 bits. */
    static final long END = 1L << 40;

    /** The place of QEMU's PL031; the machine has none yet, and keeps the place for it. */
    private static final long CLOCK = 0x0901_0000L;

    private static final long CLOCK_BYTES = 0x1000L;

    private GuestMap() {}

    /** A range of guest-physical addresses and what is there. */
    record Range(String owner, long start, long bytes) {

        boolean overlaps(long otherStart, long otherBytes) {
            return start < otherStart + otherBytes && otherStart < start + bytes;
        }

        String shown() {
            return owner + " at " + Scalars.showAddress(start) + "-" + Scalars.showAddress(start + bytes - 1);
        }
    }

    /** Returns what the machine has at the doorbell's address, if anything. */
    static Optional<Range> ownerOf(DoorbellConfig doorbell, MachineConfig machine) {
        long bytes = Math.max(1, doorbell.length());
        return ranges(machine)
                .filter(range -> range.overlaps(doorbell.address(), bytes))
                .findFirst();
    }

    private static Stream<Range> ranges(MachineConfig machine) {
        return Stream.of(
                new Range("the GIC distributor", GuestLayout.GIC_DISTRIBUTOR, GuestLayout.GIC_DISTRIBUTOR_BYTES),
                new Range(
                        "the GIC redistributors",
                        GuestLayout.GIC_REDISTRIBUTORS,
                        GuestLayout.GIC_REDISTRIBUTOR_BYTES * machine.cpus()),
                new Range("the PL011 UART", GuestLayout.SERIAL, GuestLayout.SERIAL_BYTES),
                new Range("the PL031 clock", CLOCK, CLOCK_BYTES),
                new Range(
                        "the virtio-mmio devices",
                        GuestLayout.VIRTIO,
                        GuestLayout.VIRTIO_STRIDE_BYTES * GuestLayout.VIRTIO_MAXIMUM),
                new Range("RAM", GuestLayout.RAM, machine.memoryBytes()));
    }
}
