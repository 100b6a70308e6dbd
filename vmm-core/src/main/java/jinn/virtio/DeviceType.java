package jinn.virtio;

/** The kinds of virtio device that exist here, with their numbers (virtio 1.2 section 5). */
public enum DeviceType {
    /** Console, section 5.3. */
    CONSOLE(3),
    /** Entropy device, section 5.4. */
    ENTROPY(4);

    private final int id;

    DeviceType(int id) {
        this.id = id;
    }

    /** Returns the device ID that the driver reads. */
    public int id() {
        return id;
    }
}
