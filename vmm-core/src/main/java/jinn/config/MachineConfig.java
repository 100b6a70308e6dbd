package jinn.config;

/** The machine: {@code cpus} vCPUs, and {@code memoryBytes} bytes of RAM from guest-physical 0x40000000. */
public record MachineConfig(int cpus, long memoryBytes) {}
