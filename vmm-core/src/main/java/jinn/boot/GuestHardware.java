package jinn.boot;

import java.util.Optional;

/**
 * What a guest has; where all of it is, {@link GuestLayout} fixes.
 *
 * @param cpus number of vCPUs; vCPU n has affinity n
 * @param memoryBytes size of RAM
 * @param sharedBytes how many of the last bytes of RAM the host shares with a protected guest, as its devices' only
 *     memory; 0 when it shares all
 * @param virtioDevices number of virtio-mmio devices, from the first address on
 */
public record GuestHardware(int cpus, long memoryBytes, long sharedBytes, int virtioDevices) {

    /** Returns the size of the RAM before the shared part, where everything is that the guest boots from. */
    public long privateBytes() {
        return memoryBytes - sharedBytes;
    }

    /** Returns the shared part of RAM, if there is one. */
    public Optional<GuestDescription.Range> shared() {
        long end = GuestLayout.RAM + memoryBytes;
        return sharedBytes == 0 ? Optional.empty() : Optional.of(new GuestDescription.Range(end - sharedBytes, end));
    }
}
