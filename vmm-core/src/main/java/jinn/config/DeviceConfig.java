package jinn.config;

import java.nio.file.Path;
import java.util.Map;

/** A virtio device. */
public sealed interface DeviceConfig {

    /** virtio-console (hvc0). */
    record Console(ConsoleTarget target) implements DeviceConfig {}

    /**
     * A device of somebody's own, made by a {@code jinn.extension.VirtioDeviceProvider}.
     *
     * @param jar where the provider is
     * @param provider its name
     * @param settings what it is told, texts by their keys
     */
    record Java(Path jar, String provider, Map<String, String> settings) implements DeviceConfig {

        /** Takes a copy of the settings. */
        public Java {
            settings = Map.copyOf(settings);
        }
    }

    /** virtio-rng, fed by the host's getrandom. */
    record Rng() implements DeviceConfig {}

    /** Returns the name in messages and tables of the device at {@code index} in the VM's list. */
    default String name(int index) {
        return switch (this) {
            case Console ignored -> "console" + index;
            case Java ignored -> "java" + index;
            case Rng ignored -> "rng" + index;
        };
    }
}
