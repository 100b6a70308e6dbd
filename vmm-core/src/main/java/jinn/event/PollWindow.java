package jinn.event;

/**
 * How long a loop looks for events before it sleeps.
 *
 * <p>Looking costs a processor, sleeping costs the wake-up. So the window is open while events come faster than its
 * maximum, and closes while they do not: a wait that was longer than the maximum halves it, a shorter one doubles it. One
 * thread.
 */
final class PollWindow {

    private static final int SMALLEST_FRACTION = 8;

    private final long maximumNanos;
    private long nanos;

    /** Makes a window that is open, or with 0 for ever closed. */
    PollWindow(long maximumNanos) {
        this.maximumNanos = maximumNanos;
        this.nanos = maximumNanos;
    }

    /** Returns whether it can ever be open. */
    boolean isEnabled() {
        return maximumNanos > 0;
    }

    /** Returns how long to look now. */
    long nanos() {
        return nanos;
    }

    /** No event came in the window; the whole wait took so long. */
    void slept(long waitNanos) {
        long smallest = maximumNanos / SMALLEST_FRACTION;
        if (waitNanos > maximumNanos) {
            nanos = nanos / 2 < smallest ? 0 : nanos / 2;
        } else {
            nanos = Math.min(maximumNanos, Math.max(smallest, nanos * 2));
        }
    }
}
