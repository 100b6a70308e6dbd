package jinn.config;

/** A virtio device. */
public sealed interface DeviceConfig {

    /** virtio-console (hvc0). */
    record Console(ConsoleTarget target) implements DeviceConfig {}

    /** virtio-rng, fed by the host's getrandom. */
    record Rng() implements DeviceConfig {}
}
