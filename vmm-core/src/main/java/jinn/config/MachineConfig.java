package jinn.config;

/** The machine: {@code cpus} vCPUs, and {@code memoryBytes} bytes of RAM from guest-physical 0x40000000. */
public record MachineConfig(int cpus, long memoryBytes) {

    /** Refuses what {@code docs/config.md} does not allow with an {@link IllegalArgumentException}. */
    public MachineConfig {
        Rules.refuse(Rules.machine(cpus, memoryBytes));
    }
}
