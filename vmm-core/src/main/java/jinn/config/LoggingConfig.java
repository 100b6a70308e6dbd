package jinn.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code jinn run} tells of a VM, and where.
 *
 * @param file takes the messages in the place of the standard error; what was in it is lost. In a directory that exists
 */
public record LoggingConfig(LogLevel level, Optional<Path> file) {

    /** What goes for a description that does not say. */
    public static final LoggingConfig DEFAULT = new LoggingConfig(LogLevel.INFO, Optional.empty());
}
