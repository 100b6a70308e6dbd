package jinn.config;

import java.util.Locale;

/** What a back-end of the type {@code vhost-user} may be: the kinds that back-ends exist for. */
public enum VhostUserKind {
    /** A disk, for example by {@code qemu-storage-daemon}. */
    BLOCK(2, 0, 72),
    /** GPIO lines. */
    GPIO(41, 1, 8),
    /** An I2C bus. */
    I2C(34, 0, 0),
    /** A network interface; its queues come in pairs. */
    NET(1, 0, 24),
    /** Random numbers. */
    RNG(4, 0, 0),
    /** A SCSI host; two queues are for control and events. */
    SCSI(8, 2, 36),
    /** Sound: control, event, output and input. */
    SOUND(25, 3, 12),
    /** Sockets between host and guest: receive, transmit and event. */
    VSOCK(19, 2, 8);

    private final int id;
    private final int fixedQueues;
    private final int configBytes;

    VhostUserKind(int id, int fixedQueues, int configBytes) {
        this.id = id;
        this.fixedQueues = fixedQueues;
        this.configBytes = configBytes;
    }

    /** Returns the device ID that the driver reads (virtio 1.2 section 5). */
    public int id() {
        return id;
    }

    /**
     * Returns how many virtqueues the device has.
     *
     * @param queues what the description says: pairs with {@link #NET}, request queues else
     */
    public int virtqueues(int queues) {
        return this == NET ? 2 * queues : fixedQueues + queues;
    }

    /** Returns the size of the device's configuration space in bytes (virtio 1.2 section 5); 0 if it has none. */
    public int configBytes() {
        return configBytes;
    }

    /** Returns the word in the description. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
