package jinn.virtio;

/** The one thread that owns a queue once the driver has set DRIVER_OK. */
public interface QueueExecutor {

    /** Runs the task on the owning thread, after the tasks posted before it; returns at once. */
    void execute(Runnable task);

    /**
     * Runs the task on the owning thread and returns when it has finished. Runs it in place when the caller is the
     * owning thread.
     */
    void executeAndWait(Runnable task);

    /** Returns whether the calling thread is the owning thread. */
    boolean isOwner();
}
