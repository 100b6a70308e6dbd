package jinn.virtio;

import jinn.memory.GuestMemory;
import jinn.virtio.queue.VirtQueue;

/** What a transport gives a device from {@link VirtioDevice#activate} until {@link VirtioDevice#reset}. */
public interface DeviceContext {

    /**
     * Returns a queue. It is not ready if the driver does not use it. For the owning thread.
     *
     * @param index from 0 to the device's queue count, exclusive
     */
    VirtQueue queue(int index);

    /** Returns the guest's memory, for a device whose requests name other places than their own buffers. */
    GuestMemory memory();

    /** Returns whether a feature was negotiated. */
    boolean hasFeature(long mask);

    /** Shows the driver the queue's used requests, with one interrupt if it wants one. For the owning thread. */
    void complete(VirtQueue queue);

    /**
     * Makes a later call of {@link VirtioDevice#queueNotified}, after other work of the owning thread. Safe from any
     * thread: it is how others tell a device that there is something to do.
     */
    void notifyLater(int queue);

    /**
     * Tells the driver that the configuration space has changed. Calls {@link VirtioDevice#readConfig} on the same thread
     * to make the driver's copy. Safe from any thread.
     */
    void configChanged();
}
