package jinn.virtio.console;

/** Takes what the guest prints. */
@FunctionalInterface
public interface ConsoleOutput {

    /**
     * Writes bytes in the order of the calls, on the loop thread.
     *
     * @param bytes valid until this method returns
     */
    void write(byte[] bytes, int offset, int length);
}
