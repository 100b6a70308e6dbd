package jinn.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Reads what is told of a VM, and where. */
final class LoggingReader {

    private static final Map<String, LogLevel> LEVELS =
            Map.of("warning", LogLevel.WARNING, "info", LogLevel.INFO, "debug", LogLevel.DEBUG);

    private final Path description;
    private final ObjectReader section;

    LoggingReader(Path description, ObjectReader section) {
        this.description = description;
        this.section = section;
    }

    LoggingConfig read() {
        LogLevel level = level();
        Optional<Path> file = new FileReferences(description, section).path("file");
        file.ifPresent(this::check);
        section.finish();
        return new LoggingConfig(level, file);
    }

    private LogLevel level() {
        Optional<String> text = section.text("level");
        Optional<LogLevel> level = text.map(LEVELS::get);
        if (text.isPresent() && level.isEmpty()) {
            section.problems()
                    .add(
                            section.place("level"),
                            Quoting.quote(text.get()) + ": must be \"warning\", \"info\" or \"debug\""
                                    + Nearest.question(text.get(), LEVELS.keySet()));
        }
        return level.orElse(LoggingConfig.DEFAULT.level());
    }

    private void check(Path file) {
        Path directory = file.getParent();
        if (directory == null || !Files.isDirectory(directory) || Files.isDirectory(file)) {
            section.problems()
                    .add(
                            section.place("file"),
                            Quoting.quotePath(file) + ": must be a file in a directory that exists");
        }
    }
}
