package jinn.virtio;

/**
 * A virtio device without its transport.
 *
 * <p>{@link #queueNotified} runs on the thread of the queue's {@link QueueExecutor}; {@link #activate}, {@link #reset},
 * {@link #pause} and {@link #resume} on that of queue 0, while no queue is served. The others run on any thread, several
 * at once. A VM gives queues different executors only where the configuration of the device says that its queues share
 * no state.
 */
public interface VirtioDevice {

    /** Returns the kind of device. */
    DeviceType type();

    /** Returns the name for messages, unique in the VM. */
    String name();

    /** Returns how many queues the device has, whether the driver uses them or not. */
    int queueCount();

    /** Returns the most descriptors a queue may have: a power of two up to 32768. */
    int maximumQueueSize();

    /** Returns the device's own feature bits, by default none; those of queues and transport are added by the transport. */
    default long features() {
        return 0;
    }

    /**
     * Reads the configuration space, little-endian. By default there is none.
     *
     * <p>Where the hypervisor can, the driver reads a copy, which is made in words of 4 bytes when the driver has written
     * to the space or the status, after {@link #activate}, and by {@link DeviceContext#configChanged}. So no read may have a
     * side effect, and a change for another reason must be told.
     *
     * @param offset bytes from the start of the configuration space
     * @param size width in bytes: 1, 2, 4 or 8
     * @return the value, zero-extended; bytes beyond the configuration space are 0
     */
    default long readConfig(int offset, int size) {
        return 0;
    }

    /**
     * Writes the configuration space. What cannot be written is ignored.
     *
     * @param offset bytes from the start of the configuration space
     * @param size width in bytes: 1, 2, 4 or 8
     * @param value the value, zero-extended
     */
    default void writeConfig(int offset, int size, long value) {}

    /**
     * Starts the device: the driver has set DRIVER_OK. {@link #queueNotified} follows for every ready queue.
     *
     * @param context the device's access to the driver until {@link #reset}
     */
    void activate(DeviceContext context);

    /**
     * Looks at a queue: the driver has kicked it, or may have.
     *
     * @param queue its number, below {@link #queueCount}
     * @throws jinn.error.GuestFaultException if the driver broke a rule; the transport then stops the device
     */
    void queueNotified(int queue);

    /** Stops the device and drops its context. Also called for a device that is not active. */
    void reset();

    /**
     * The VM is paused: until {@link #resume} there is no {@link #queueNotified}. A device that touches its queues
     * without being notified, because data have come from the host, must not do so meanwhile; most have nothing to do.
     */
    default void pause() {}

    /** Ends {@link #pause}. Every ready queue is notified afterwards. */
    default void resume() {}
}
