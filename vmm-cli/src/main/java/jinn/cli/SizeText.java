package jinn.cli;

import java.util.Locale;

/** Sizes as people read them. */
final class SizeText {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final int STEP = 1024;

    private SizeText() {}

    /** Returns for example {@code 512 B}, {@code 64 KiB} or {@code 26.4 MiB}: exact, or rounded to one place. */
    static String of(long bytes) {
        int unit = 0;
        long scale = 1;
        while (bytes / scale >= STEP && unit < UNITS.length - 1) {
            unit++;
            scale *= STEP;
        }
        String number = bytes % scale == 0
                ? Long.toString(bytes / scale)
                : String.format(Locale.ROOT, "%.1f", (double) bytes / scale);
        return number + " " + UNITS[unit];
    }
}
