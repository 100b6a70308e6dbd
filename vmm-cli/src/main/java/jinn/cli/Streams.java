package jinn.cli;

import java.io.PrintWriter;
import picocli.CommandLine;

/** Where a command writes: results to {@code out}, everything else to {@code err}. */
record Streams(PrintWriter out, PrintWriter err) {

    static Streams of(CommandLine command) {
        return new Streams(command.getOut(), command.getErr());
    }
}
