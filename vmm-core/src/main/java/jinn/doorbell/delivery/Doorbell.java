package jinn.doorbell.delivery;

import java.util.concurrent.atomic.AtomicLong;
import jinn.doorbell.DoorbellPath;
import jinn.doorbell.DoorbellStatus;
import jinn.event.EventLoop;
import jinn.hypervisor.DoorbellKey;

/**
 * A registered doorbell: its way and its counts.
 *
 * <p>The counts are written on the thread of its loop only and may be read from any.
 */
public final class Doorbell {

    private final DoorbellRequest request;
    private final EventLoop loop;
    private final AtomicLong pending = new AtomicLong();
    private final AtomicLong pendingFromKernel = new AtomicLong();
    private final Runnable deliverPending = this::deliverPending;
    private final Runnable deliverFromKernel = this::deliverFromKernel;

    private final DoorbellRingEvent event;

    private final AtomicLong kernelRings = new AtomicLong();
    private final AtomicLong userspaceRings = new AtomicLong();

    private volatile DoorbellPath path = DoorbellPath.USERSPACE;
    private volatile String reason = "";

    Doorbell(DoorbellRequest request, EventLoop loop) {
        this.request = request;
        this.loop = loop;
        this.event = new DoorbellRingEvent(request.name(), request.key().address());
    }

    /** Returns the stores that ring it. */
    public DoorbellKey key() {
        return request.key();
    }

    EventLoop loop() {
        return loop;
    }

    /** Delivers what has been rung until now. */
    void flush() {
        loop.executeAndWait(() -> {});
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
     * A store left the vCPU. Any thread may call; the handler runs later on the loop's thread, once for all rings that
     * have come together until then.
     */
    public void ringFromUserspace() {
        if (pending.getAndIncrement() == 0) {
            loop.execute(deliverPending);
        }
    }

    private void deliverPending() {
        long count = pending.getAndSet(0);
        userspaceRings.addAndGet(count);
        handle(count, true);
    }

    /**
     * The driver signalled {@code count} stores. Called on the thread of the loop that serves the eventfd, which is another
     * one only for doorbells that share it.
     */
    void ringFromKernel(long count) {
        if (loop.isOwner()) {
            countFromKernel(count);
        } else if (pendingFromKernel.getAndAdd(count) == 0) {
            loop.execute(deliverFromKernel);
        }
    }

    private void deliverFromKernel() {
        countFromKernel(pendingFromKernel.getAndSet(0));
    }

    private void countFromKernel(long count) {
        kernelRings.addAndGet(count);
        handle(count, false);
    }

    private void handle(long count, boolean userspace) {
        if (!event.isEnabled()) {
            request.handler().rang(this, count);
            return;
        }
        event.begin(count, userspace);
        request.handler().rang(this, count);
        event.write();
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
                kernelRings.get(),
                userspaceRings.get());
    }
}
