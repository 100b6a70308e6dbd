package jinn.cli;

import java.nio.file.Path;
import java.util.List;
import jinn.control.ControlDirectory;
import jinn.error.HostException;
import picocli.CommandLine.Option;

/** The option of all commands that use control sockets. */
final class ControlOptions {

    @Option(
            names = "--runtime-dir",
            paramLabel = "DIR",
            description = "Where the control sockets are. Default: $XDG_RUNTIME_DIR/jinn, or /run/jinn without that"
                    + " variable.")
    private Path directory;

    ControlDirectory directory() {
        return directory == null ? ControlDirectory.standard(System.getenv()) : new ControlDirectory(directory);
    }

    /**
     * Returns the name of the VM that the user means.
     *
     * @param name what the user said, or null for the only VM that runs
     */
    String vm(String name) {
        if (name != null) {
            return name;
        }
        List<String> running = directory().names();
        return switch (running.size()) {
            case 0 ->
                throw new HostException(
                        "no VM runs (control sockets in " + directory().path() + ")");
            case 1 -> running.getFirst();
            default ->
                throw new HostException("several VMs run: " + String.join(", ", running) + "; name the one you mean");
        };
    }
}
