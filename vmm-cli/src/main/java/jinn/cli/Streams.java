package jinn.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;

/** Where a command writes: results to {@code out}, everything else to {@code err}. */
record Streams(PrintWriter out, PrintWriter err) {

    static Streams of(CommandLine command) {
        return new Streams(command.getOut(), command.getErr());
    }

    /** Returns whether the process's standard output and standard error are the same terminal, pipe or file. */
    static boolean areOneFile() {
        try {
            return Files.isSameFile(Path.of("/proc/self/fd/1"), Path.of("/proc/self/fd/2"));
        } catch (IOException e) {
            // One of them is closed, or there is no /proc to ask.
            return false;
        }
    }
}
