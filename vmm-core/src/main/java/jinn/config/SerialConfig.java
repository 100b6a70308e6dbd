package jinn.config;

/** The PL011 UART at 0x09000000. */
public record SerialConfig(ConsoleTarget target) {}
