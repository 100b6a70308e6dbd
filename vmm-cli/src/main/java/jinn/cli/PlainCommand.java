package jinn.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * A command whose arguments are files alone, as in {@code jinn run vm.json}. It needs no parser, and picocli takes longer to
 * read the annotations of one command than the JVM takes to start. What it does is the same.
 */
final class PlainCommand {

    private final Callable<Integer> command;
    private final Streams streams;

    private PlainCommand(Callable<Integer> command, Streams streams) {
        this.command = command;
        this.streams = streams;
    }

    /** Returns the command, if the arguments are one and have nothing that picocli would look into. */
    static Optional<PlainCommand> of(Streams streams, String... args) {
        if (args.length < 2) {
            return Optional.empty();
        }
        List<Path> files = new ArrayList<>();
        for (int i = 1; i < args.length; i++) {
            // An option, or a file of arguments.
            if (args[i].isEmpty() || args[i].charAt(0) == '-' || args[i].charAt(0) == '@') {
                return Optional.empty();
            }
            try {
                files.add(Path.of(args[i]));
            } catch (InvalidPathException e) {
                return Optional.empty();
            }
        }
        return switch (args[0]) {
            case "check" -> Optional.of(new PlainCommand(new CheckCommand(files, streams), streams));
            case "run" ->
                files.size() == 1
                        ? Optional.of(new PlainCommand(new RunCommand(files.getFirst(), streams), streams))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** Runs the command and returns its exit code. */
    int execute() {
        try {
            return command.call();
        } catch (Exception e) {
            boolean verbose = command instanceof ErrorReporter.Source source && source.isVerbose();
            return ErrorReporter.report(e, verbose, streams.err()).number();
        }
    }
}
