package jinn.cli;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;

/** How often something happened between two answers of a VM. */
final class Rate {

    private static final int SECOND = 1000;

    private Rate() {}

    /** Returns the time between two answers of the control protocol, in ms. */
    static long millisBetween(Map<?, ?> earlier, Map<?, ?> later) {
        return uptime(later) - uptime(earlier);
    }

    /** Returns for example {@code 12.5/s}. */
    static String perSecond(long count, long millis) {
        return String.format(Locale.ROOT, "%.1f/s", (double) count * SECOND / Math.max(1, millis));
    }

    private static long uptime(Map<?, ?> answer) {
        return ((BigInteger) answer.get("uptimeMs")).longValue();
    }
}
