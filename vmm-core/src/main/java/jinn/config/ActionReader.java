package jinn.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import jinn.config.JsonValue.ObjectValue;
import jinn.config.JsonValue.TextValue;
import jinn.config.JsonValue.ToldValue;

/** Reads what a doorbell does: a word, or an object with what it takes. */
final class ActionReader {

    private static final Map<String, DoorbellAction> WORDS = new TreeMap<>(Map.of(
            "count", new DoorbellAction.Count(),
            "log", new DoorbellAction.Log(),
            "pause", new DoorbellAction.Pause(),
            "shutdown", new DoorbellAction.Shutdown()));

    /** The longest path of a Unix socket: sun_path without its NUL (unix(7)). */
    private final Path description;

    private final Path directory;
    private final Problems problems;

    ActionReader(Path description, Problems problems) {
        this.description = description;
        this.directory = description.toAbsolutePath().getParent();
        this.problems = problems;
    }

    /** Returns the action, or nothing when there is a problem with it. */
    Optional<DoorbellAction> read(JsonValue value) {
        return switch (value) {
            case TextValue text -> word(text);
            case ObjectValue object -> ObjectReader.of(object, problems).flatMap(this::object);
            case ToldValue told -> Optional.empty();
            default -> {
                problems.add(value.place(), value.shown() + ": must be " + allowed());
                yield Optional.empty();
            }
        };
    }

    private Optional<DoorbellAction> word(TextValue text) {
        DoorbellAction action = WORDS.get(text.text());
        if (action == null) {
            problems.add(
                    text.place(),
                    text.shown() + ": must be " + allowed() + Nearest.question(text.text(), WORDS.keySet()));
        }
        return Optional.ofNullable(action);
    }

    private static String allowed() {
        return String.join(", ", WORDS.keySet().stream().map(Quoting::quote).toList())
                + ", or an object with \"java\", \"run\" or \"send\"";
    }

    private Optional<DoorbellAction> object(ObjectReader object) {
        boolean runs = object.has("run");
        List<JsonValue> command = object.array("run");
        Optional<String> socket = object.text("send");
        Optional<ObjectReader> java = object.object("java");
        object.finish();
        if (Stream.of("java", "run", "send").filter(object::has).count() != 1) {
            problems.add(object.place(), "must have one of \"java\", \"run\" and \"send\"");
            return Optional.empty();
        }
        if (java.isPresent()) {
            return java(java.get());
        }
        return runs ? run(object, command) : socket.flatMap(text -> send(object, text));
    }

    private Optional<DoorbellAction> java(ObjectReader java) {
        Optional<ProviderReference> reference = ProviderReference.read(description, java);
        java.finish();
        return reference.map(named -> new DoorbellAction.Java(named.jar(), named.provider(), named.settings()));
    }

    private Optional<DoorbellAction> run(ObjectReader object, List<JsonValue> elements) {
        List<String> command = new ArrayList<>();
        boolean good = !elements.isEmpty();
        for (JsonValue element : elements) {
            if (element instanceof TextValue text && text.text().indexOf('\0') < 0) {
                command.add(text.text());
            } else {
                good = false;
            }
        }
        if (!good || command.getFirst().isEmpty()) {
            problems.add(
                    object.place("run"),
                    "must be an array of strings: the program and its arguments, as in"
                            + " [\"/usr/bin/logger\", \"rung\"]");
            return Optional.empty();
        }
        Optional<String> program = program(command.getFirst());
        if (program.isEmpty()) {
            problems.add(
                    object.place("run"),
                    Quoting.quote(command.getFirst()) + ": must be a program that this user may run");
            return Optional.empty();
        }
        command.set(0, program.get());
        return Optional.of(new DoorbellAction.Run(command));
    }

    /** A name without a slash is looked for in PATH when it runs; any other is a path. */
    private Optional<String> program(String name) {
        if (name.indexOf('/') < 0) {
            return Optional.of(name);
        }
        return resolve(name)
                .filter(path -> Files.isRegularFile(path) && Files.isExecutable(path))
                .map(Path::toString);
    }

    private Optional<DoorbellAction> send(ObjectReader object, String text) {
        Optional<Path> path = text.isEmpty() ? Optional.empty() : resolve(text);
        if (path.isEmpty()
                || path.get().toString().getBytes(StandardCharsets.UTF_8).length > Rules.MAX_SOCKET_ADDRESS_BYTES) {
            problems.add(
                    object.place("send"),
                    Quoting.quote(text) + ": must be the path of a Unix socket, at most "
                            + Rules.MAX_SOCKET_ADDRESS_BYTES + " bytes when absolute");
            return Optional.empty();
        }
        return path.map(DoorbellAction.Send::new);
    }

    private Optional<Path> resolve(String text) {
        try {
            return Optional.of(directory.resolve(text).normalize());
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
