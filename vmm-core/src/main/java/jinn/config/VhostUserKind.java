package jinn.config;

import java.util.Locale;

/** What a back-end of the type {@code vhost-user} may be: the kinds that back-ends exist for. */
public enum VhostUserKind {
    /** A disk, for example by {@code qemu-storage-daemon}. */
    BLOCK(2, 0),
    /** GPIO lines. */
    GPIO(41, 1),
    /** An I2C bus. */
    I2C(34, 0),
    /** A network interface; its queues come in pairs. */
    NET(1, 0),
    /** Random numbers. */
    RNG(4, 0),
    /** A SCSI host; two queues are for control and events. */
    SCSI(8, 2),
    /** Sound: control, event, output and input. */
    SOUND(25, 3),
    /** Sockets between host and guest: receive, transmit and event. */
    VSOCK(19, 2);

    private final int id;
    private final int fixedQueues;

    VhostUserKind(int id, int fixedQueues) {
        this.id = id;
        this.fixedQueues = fixedQueues;
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

    /** Returns the word in the description. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
