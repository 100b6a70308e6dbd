package jinn.doorbell;

import java.util.concurrent.atomic.AtomicLong;
import jinn.hypervisor.DoorbellKey;
import jinn.virtio.QueueExecutor;

/**
 * A registered doorbell: its way and its counts.
 *
 * <p>The counts are written on the event loop's thread only and may be read from any.
 */
public final class Doorbell {

    private final DoorbellRequest request;
    private final QueueExecutor loop;
    private final AtomicLong pending = new AtomicLong();
    private final Runnable deliverPending = this::deliverPending;

    private volatile DoorbellPath path = DoorbellPath.USERSPACE;
    private volatile String reason = "";
    private volatile long kernelRings;
    private volatile long userspaceRings;

    Doorbell(DoorbellRequest request, QueueExecutor loop) {
        this.request = request;
        this.loop = loop;
    }

    /** Returns the stores that ring it. */
    public DoorbellKey key() {
        return request.key();
    }

    DoorbellRequest request() {
        return request;
    }

    DoorbellPath path() {
        return path;
    }

    void setPath(DoorbellPath newPath, String newReason) {
        path = newPath;
        reason = newReason;
    }

    /**
     * A store left GZVM_RUN. Any thread may call; the handler runs later on the loop's thread, once for all rings that
     * have come together until then.
     */
    public void ringFromUserspace() {
        if (pending.getAndIncrement() == 0) {
            loop.execute(deliverPending);
        }
    }

    private void deliverPending() {
        long count = pending.getAndSet(0);
        userspaceRings += count;
        request.handler().rang(this, count);
    }

    /** The driver signalled {@code count} stores. Called on the loop's thread. */
    void ringFromKernel(long count) {
        kernelRings += count;
        request.handler().rang(this, count);
    }

    /** Counts a store whose ring somebody else has already delivered to the handler. Called on the loop's thread. */
    public void countDelivered() {
        userspaceRings += 1;
    }

    /** Returns what the user sees of it now. */
    public DoorbellStatus status() {
        DoorbellKey key = request.key();
        return new DoorbellStatus(
                request.name(),
                key.address(),
                key.length(),
                key.matchText(),
                path,
                reason,
                kernelRings,
                userspaceRings);
    }
}
