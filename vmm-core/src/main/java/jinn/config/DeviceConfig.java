package jinn.config;

/** A virtio device. */
public sealed interface DeviceConfig {

    /** virtio-console (hvc0). */
    record Console(ConsoleTarget target) implements DeviceConfig {}

    /** virtio-rng, fed by the host's getrandom. */
    record Rng() implements DeviceConfig {}

    /** Returns the name in messages and tables of the device at {@code index} in the VM's list. */
    default String name(int index) {
        return switch (this) {
            case Console ignored -> "console" + index;
            case Rng ignored -> "rng" + index;
        };
    }
}
