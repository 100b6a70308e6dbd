package jinn.cli;

import java.util.Locale;

/** Times as people read them. */
final class DurationText {

    private static final long SECOND = 1000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    private DurationText() {}

    /** Returns for example {@code 3.2 s}, {@code 5 min 12 s} or {@code 26 h 3 min}. */
    static String ofMillis(long millis) {
        if (millis < MINUTE) {
            return String.format(Locale.ROOT, "%.1f s", (double) millis / SECOND);
        }
        if (millis < HOUR) {
            return millis / MINUTE + " min " + millis % MINUTE / SECOND + " s";
        }
        return millis / HOUR + " h " + millis % HOUR / MINUTE + " min";
    }
}
