package jinn.virtio.mmio;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import jinn.virtio.QueueExecutor;

/**
 * The kick of one queue on its way to the loop thread. At most one waits, so that a guest that kicks faster than the
 * loop works cannot fill memory.
 */
final class PendingKick implements Runnable {

    private final QueueExecutor executor;
    private final Runnable handler;
    private final AtomicBoolean waiting = new AtomicBoolean();

    /** Makes a kick that {@code handler} serves on the executor's thread. */
    PendingKick(QueueExecutor executor, Runnable handler) {
        this.executor = executor;
        this.handler = handler;
    }

    /** Sends the kick unless one waits already, which then stands for both. Any thread; allocates nothing. */
    void post() {
        if (waiting.compareAndSet(false, true)) {
            executor.execute(this);
        }
    }

    @Override
    public void run() {
        waiting.set(false);
        /* A vCPU adds to the ring and then finds the flag set: the ring must be read after the flag is clear. */
        VarHandle.fullFence();
        handler.run();
    }
}
