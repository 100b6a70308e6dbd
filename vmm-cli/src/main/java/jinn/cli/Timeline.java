package jinn.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jinn.vm.LaunchPhase;

/** When a run came to which phase, from the start of the process on. Any thread adds. */
final class Timeline {

    private record Mark(String phase, long nanos) {}

    private final List<Mark> marks = new ArrayList<>();

    /* The same moment on both clocks: the wall clock may be set while the VM runs. */
    private final Instant madeAt = Instant.now();
    private final long madeNanos = System.nanoTime();

    /** Returns when the process began, which the kernel knows to a hundredth of a second. */
    private long processStartNanos() {
        long untilMade = ProcessHandle.current()
                .info()
                .startInstant()
                .map(start -> Duration.between(start, madeAt).toNanos())
                .orElse(0L);
        return madeNanos - Math.max(0, untilMade);
    }

    /** The phase is over now; a second time says nothing. */
    synchronized void add(String phase) {
        if (marks.stream().noneMatch(mark -> mark.phase().equals(phase))) {
            marks.add(new Mark(phase, System.nanoTime()));
        }
    }

    /** The phase is over now. */
    void add(LaunchPhase phase) {
        add(phase.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }

    /** Returns a line for each phase: how long it took, and when it was over. */
    synchronized List<String> lines() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("phase", "took ms", "at ms"));
        long start = processStartNanos();
        long before = start;
        for (Mark mark : marks) {
            rows.add(List.of(mark.phase(), millis(mark.nanos() - before), millis(mark.nanos() - start)));
            before = mark.nanos();
        }
        return TextTable.lines(rows);
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos / 1e6);
    }
}
