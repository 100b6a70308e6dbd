package jinn.bus;

/**
 * A device with registers in the guest's address space. It sees offsets from its own first byte, never addresses.
 *
 * <p>Both methods run on the vCPU thread whose guest made the access, so several vCPUs may call at once.
 */
public interface MmioDevice {

    /**
     * Serves a guest load.
     *
     * @param offset bytes from the device's first register
     * @param size width of the load in bytes: 1, 2, 4 or 8
     * @return the value, zero-extended; bits above {@code size} bytes are ignored
     */
    long read(long offset, int size);

    /**
     * Serves a guest store.
     *
     * @param offset bytes from the device's first register
     * @param size width of the store in bytes: 1, 2, 4 or 8
     * @param value the stored value, zero-extended
     */
    void write(long offset, int size, long value);
}
