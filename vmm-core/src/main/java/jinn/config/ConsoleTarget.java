package jinn.config;

/** Where a console's output goes and whether it gets the terminal's input. */
public enum ConsoleTarget {
    /** Output to the terminal, input from it. At most one console may have it. */
    TERMINAL,
    /** Output to the terminal, no input. */
    OUTPUT,
    /** No output, no input. */
    NONE
}
