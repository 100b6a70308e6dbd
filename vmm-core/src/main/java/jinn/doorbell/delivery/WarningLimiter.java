package jinn.doorbell.delivery;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Passes at most one warning a second on, since guests can cause warnings faster than anybody reads them. */
public final class WarningLimiter {

    private static final long PERIOD_NS = TimeUnit.SECONDS.toNanos(1);

    private final Consumer<String> sink;
    private final LongSupplier nanoTime;
    private boolean warned;
    private long lastNs;
    private long dropped;

    /** Makes a limiter that passes on to {@code sink}. */
    public WarningLimiter(Consumer<String> sink) {
        this(sink, System::nanoTime);
    }

    WarningLimiter(Consumer<String> sink, LongSupplier nanoTime) {
        this.sink = sink;
        this.nanoTime = nanoTime;
    }

    /** Passes a warning on, with the number of those dropped since the last one, or drops it. */
    public void warn(Supplier<String> message) {
        long alsoDropped;
        synchronized (this) {
            long now = nanoTime.getAsLong();
            if (warned && now - lastNs < PERIOD_NS) {
                dropped++;
                return;
            }
            warned = true;
            lastNs = now;
            alsoDropped = dropped;
            dropped = 0;
        }
        sink.accept(message.get() + (alsoDropped == 0 ? "" : " (and " + alsoDropped + " more before it)"));
    }
}
