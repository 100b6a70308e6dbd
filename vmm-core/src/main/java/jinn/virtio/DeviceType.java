package jinn.virtio;

/**
 * A kind of virtio device. There are many more than the constants (virtio 1.2 section 5).
 *
 * @param id the device ID that the driver reads, from 1
 */
public record DeviceType(int id) {

    /** Network device, section 5.1. */
    public static final DeviceType NET = new DeviceType(1);

    /** Block device, section 5.2. */
    public static final DeviceType BLOCK = new DeviceType(2);

    /** Console, section 5.3. */
    public static final DeviceType CONSOLE = new DeviceType(3);

    /** Entropy device, section 5.4. */
    public static final DeviceType ENTROPY = new DeviceType(4);

    /** Socket device, section 5.10. */
    public static final DeviceType VSOCK = new DeviceType(19);

    /** Memory balloon, section 5.5. */
    public static final DeviceType BALLOON = new DeviceType(5);

    /** Refuses 0, which says that there is no device. */
    public DeviceType {
        if (id < 1) {
            throw new IllegalArgumentException("device ID " + id + ": must be at least 1");
        }
    }
}
