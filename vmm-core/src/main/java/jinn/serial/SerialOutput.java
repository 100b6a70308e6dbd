package jinn.serial;

/** Takes what the guest sends over a serial port. */
@FunctionalInterface
public interface SerialOutput {

    /**
     * Takes one byte, in the order the guest sent them, on the vCPU thread that did. Must not call the port.
     *
     * @param value the byte
     */
    void write(byte value);
}
