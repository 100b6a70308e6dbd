package jinn.config;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jinn.config.JsonValue.Place;

/** Reads what a console shows, and sees to it that the terminal is on one of them only. */
final class ConsoleReader {

    private static final Map<String, ConsoleTarget> TARGETS = Stream.of(ConsoleTarget.values())
            .collect(Collectors.toMap(target -> target.name().toLowerCase(Locale.ROOT), Function.identity()));

    private static final String TARGET_RULE = "must be \"terminal\", \"output\" or \"none\"";

    private final Problems problems;
    private Optional<Place> terminalOwner = Optional.empty();

    ConsoleReader(Problems problems) {
        this.problems = problems;
    }

    /** Returns whether a console that was read so far names {@code "terminal"}. */
    boolean hasTerminal() {
        return terminalOwner.isPresent();
    }

    /** Returns the section's target if it names a good one. */
    Optional<ConsoleTarget> target(ObjectReader owner) {
        Optional<String> text = owner.text("target");
        Optional<ConsoleTarget> target = text.map(TARGETS::get);
        if (text.isPresent() && target.isEmpty()) {
            problems.add(
                    owner.place("target"),
                    Quoting.quote(text.get()) + ": " + TARGET_RULE + Nearest.question(text.get(), TARGETS.keySet()));
        }
        if (target.filter(t -> t == ConsoleTarget.TERMINAL).isPresent()) {
            terminalOwner.ifPresent(other -> problems.add(
                    owner.place("target"),
                    "\"terminal\": must be on one console only, but " + other.path() + " has it"));
            terminalOwner = terminalOwner.or(() -> Optional.of(owner.place("target")));
        }
        return target;
    }
}
