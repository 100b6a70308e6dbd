package jinn.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code jinn} command. */
@Command(name = "jinn", mixinStandardHelpOptions = true, description = "Runs virtual machines on GenieZone.")
public final class Main {

    private Main() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }
}
