package jinn.examples;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import jinn.extension.DoorbellHandler;
import jinn.extension.DoorbellHandlerProvider;
import jinn.extension.Settings;

/**
 * Tells how long it took from one ring to the next, and on which doorbell: {@code stopwatch: lap 3.2 ms}. A ring that
 * comes while the loop is busy is counted with the next one, which is told too.
 */
final class StopwatchHandler implements DoorbellHandler {

    /** What the jar's {@code META-INF/services/jinn.extension.DoorbellHandlerProvider} names. */
    public static final class Provider implements DoorbellHandlerProvider {

        @Override
        public String name() {
            return "stopwatch";
        }

        @Override
        public DoorbellHandler create(String doorbellName, Settings settings) {
            settings.allowOnly("label");
            return new StopwatchHandler(settings.text("label", doorbellName));
        }
    }

    private final String label;
    private long lastNanos;

    private StopwatchHandler(String label) {
        this.label = label;
    }

    @Override
    public void rang(long count) {
        long nowNanos = System.nanoTime();
        if (lastNanos != 0) {
            double millis = (nowNanos - lastNanos) / (double) TimeUnit.MILLISECONDS.toNanos(1);
            System.out.println(String.format(
                    Locale.ROOT, "stopwatch: %s %.1f ms%s", label, millis, count == 1 ? "" : ", " + count + " rings"));
        } else {
            System.out.println("stopwatch: " + label + " started");
        }
        lastNanos = nowNanos;
    }
}
