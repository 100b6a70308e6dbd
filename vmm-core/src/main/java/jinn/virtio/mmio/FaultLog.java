package jinn.virtio.mmio;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Counts what a guest does wrong and warns of it at a limited rate. Safe from any thread. */
final class FaultLog {

    /** At most one warning in this time, so that a guest cannot flood the terminal. */
    static final long QUIET_NS = 5_000_000_000L;

    private final String name;
    private final Consumer<String> warnings;
    private final LongSupplier nanoClock;
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong suppressed = new AtomicLong();
    private final AtomicLong nextWarningNs;

    /**
     * Makes a log.
     *
     * @param name of the device, in front of each message
     * @param warnings gets one-line messages
     * @param nanoClock a clock like {@link System#nanoTime}
     */
    FaultLog(String name, Consumer<String> warnings, LongSupplier nanoClock) {
        this.name = name;
        this.warnings = warnings;
        this.nanoClock = nanoClock;
        this.nextWarningNs = new AtomicLong(nanoClock.getAsLong());
    }

    /** Counts a fault and, unless there was a warning a moment ago, warns of it. */
    void report(String message) {
        count.incrementAndGet();
        long now = nanoClock.getAsLong();
        long next = nextWarningNs.get();
        if (now - next < 0 || !nextWarningNs.compareAndSet(next, now + QUIET_NS)) {
            suppressed.incrementAndGet();
            return;
        }
        long silent = suppressed.getAndSet(0);
        String more = silent == 0 ? "" : " (and " + silent + " more before it)";
        warnings.accept(name + ": " + message + more);
    }

    /** Returns the number of faults, warned of or not. */
    long count() {
        return count.get();
    }
}
