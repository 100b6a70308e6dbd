package jinn.virtio.mmio;

/** The registers by which features are negotiated, 32 of them at a time. Guarded by the transport's lock. */
final class FeatureRegisters {

    private static final int WORDS = 2;
    private static final long WORD_MASK = 0xffff_ffffL;

    private final long offered;
    private final long required;
    private long deviceSelect;
    private long driverSelect;
    private long accepted;

    /**
     * Makes registers of a driver that has accepted nothing.
     *
     * @param offered what the driver may accept
     * @param required what of it the driver has to accept
     */
    FeatureRegisters(long offered, long required) {
        this.offered = offered;
        this.required = required;
    }

    void selectDevice(long word) {
        deviceSelect = word;
    }

    void selectDriver(long word) {
        driverSelect = word;
    }

    /** Returns the selected word of what is offered. */
    long readDevice() {
        return deviceSelect < WORDS ? (offered >>> (Integer.SIZE * deviceSelect)) & WORD_MASK : 0;
    }

    /** Sets the selected word of what is accepted. */
    void writeDriver(long value) {
        if (driverSelect < WORDS) {
            int shift = (int) (Integer.SIZE * driverSelect);
            accepted = (accepted & ~(WORD_MASK << shift)) | (value << shift);
        }
    }

    /** Returns all that the driver has accepted so far. */
    long accepted() {
        return accepted;
    }

    /** Returns whether the device can work with that. */
    boolean areAcceptable() {
        return (accepted & ~offered) == 0 && (accepted & required) == required;
    }

    void reset() {
        deviceSelect = 0;
        driverSelect = 0;
        accepted = 0;
    }
}
