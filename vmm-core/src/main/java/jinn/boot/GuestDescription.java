package jinn.boot;

import java.util.Optional;

/**
 * What the device tree tells the guest about its machine; all else is fixed by {@link GuestLayout}.
 *
 * @param cpus number of vCPUs; vCPU n has affinity n
 * @param memoryBytes size of RAM
 * @param cmdline kernel command line, may be empty
 * @param initrd where the initrd is, if there is one
 * @param virtioDevices number of virtio-mmio devices, from the first address on
 */
public record GuestDescription(int cpus, long memoryBytes, String cmdline, Optional<Range> initrd, int virtioDevices) {

    /**
     * A range of guest-physical addresses.
     *
     * @param start first byte
     * @param end byte after the last
     */
    public record Range(long start, long end) {}
}
