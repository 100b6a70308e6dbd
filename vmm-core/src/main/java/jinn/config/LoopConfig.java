package jinn.config;

import java.util.List;

/**
 * A thread that serves devices and doorbells.
 *
 * @param name unique in the VM
 * @param pollMicros how many microseconds it looks for events before it sleeps; 0 for none
 * @param serves names of what it serves: devices, queues of devices, user doorbells
 */
public record LoopConfig(String name, int pollMicros, List<String> serves) {

    /** Refuses what {@code docs/config.md} does not allow with an {@link IllegalArgumentException}. */
    public LoopConfig {
        Rules.refuse(Rules.loop(name, pollMicros));
        serves = List.copyOf(serves);
    }
}
