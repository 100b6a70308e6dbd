package jinn.config;

import java.util.Optional;
import java.util.stream.Stream;

/** The guest-physical addresses that a doorbell must keep clear of; the machine is laid out as QEMU's {@code virt}. */
final class GuestMap {

    /** One past the last guest-physical address: stage 2 has 40 bits. */
    static final long END = 1L << 40;

    private static final long RAM_BASE = 0x4000_0000L;
    private static final long GICR_BASE = 0x080a_0000L;
    private static final long GICR_BYTES_PER_CPU = 0x2_0000L;
    private static final long VIRTIO_MMIO_BASE = 0x0a00_0000L;
    private static final long VIRTIO_MMIO_STRIDE = 0x200L;

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
                new Range("the GIC distributor", 0x0800_0000L, 0x1_0000L),
                new Range("the GIC redistributors", GICR_BASE, GICR_BYTES_PER_CPU * machine.cpus()),
                new Range("the PL011 UART", 0x0900_0000L, 0x1000L),
                new Range("the PL031 clock", 0x0901_0000L, 0x1000L),
                new Range("the virtio-mmio devices", VIRTIO_MMIO_BASE, VIRTIO_MMIO_STRIDE * Rules.MAX_DEVICES),
                new Range("RAM", RAM_BASE, machine.memoryBytes()));
    }
}
