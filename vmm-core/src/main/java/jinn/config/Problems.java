package jinn.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import jinn.config.JsonValue.Place;
import jinn.error.ConfigException;

/** The problems of one file, each with its place. */
final class Problems {

    private record Problem(Place place, String text) {}

    private final Path file;
    private final List<Problem> found = new ArrayList<>();

    Problems(Path file) {
        this.file = file;
    }

    void add(Place place, String text) {
        found.add(new Problem(place, text));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** Throws all problems, in the file's order; call it only when there are some. */
    ConfigException toException() {
        return new ConfigException(found.stream()
                .sorted(Comparator.comparingInt((Problem p) -> p.place().line())
                        .thenComparingInt(p -> p.place().column()))
                .map(this::line)
                .toList());
    }

    private String line(Problem problem) {
        Place place = problem.place();
        return file + ":" + place.line() + ":" + place.column() + ": " + place.path() + ": " + problem.text();
    }
}
