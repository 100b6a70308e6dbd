package jinn.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** The options to show something again and again. */
final class Watch {

    /** Cursor to the first place, then clear from there on. */
    private static final String CLEAR = "\u001b[H\u001b[J";

    @Option(names = "--watch", description = "Show it again and again until the VM ends.")
    private boolean given;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "With --watch, how often, 1 to 3600 seconds. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    boolean isGiven() {
        return given;
    }

    boolean isValid() {
        return seconds >= 1 && seconds <= 3600;
    }

    /**
     * Shows the frame once, or again and again until there is none.
     *
     * @param onTerminal whether a new frame takes the place of the old one
     * @param frame makes the lines; nothing when there is nothing to show any more
     * @return whether there was something to show at all
     */
    boolean show(PrintWriter out, boolean onTerminal, Supplier<Optional<List<String>>> frame) {
        Optional<List<String>> lines = frame.get();
        boolean shown = lines.isPresent();
        while (lines.isPresent()) {
            if (isGiven() && onTerminal) {
                out.print(CLEAR);
            }
            lines.get().forEach(out::println);
            out.flush();
            lines = isGiven() && pause() ? frame.get() : Optional.empty();
        }
        return shown;
    }

    private boolean pause() {
        try {
            TimeUnit.SECONDS.sleep(seconds);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
