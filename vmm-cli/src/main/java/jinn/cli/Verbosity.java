package jinn.cli;

import picocli.CommandLine.Option;

/** The option that every command has. */
final class Verbosity {

    @Option(
            names = "--verbose",
            description = "With an error, show where in Jinn it happened; with run, also who delivers each doorbell.")
    private boolean verbose;

    boolean isVerbose() {
        return verbose;
    }
}
