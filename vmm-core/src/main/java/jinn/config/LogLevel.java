package jinn.config;

/** How much {@code jinn run} tells, least first. */
public enum LogLevel {
    /** Warnings and a bad end. */
    WARNING,
    /** Also rings of doorbells, their table at the end, and the end. */
    INFO,
    /** Also where in Jinn a failure happened. */
    DEBUG
}
