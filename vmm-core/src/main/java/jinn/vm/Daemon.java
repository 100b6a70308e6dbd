package jinn.vm;

import java.nio.file.Path;
import jinn.posix.FileDescriptor;
import jinn.posix.NativeAccess;
import jinn.posix.Session;

/** What a process does to go on without the terminal that it was started from. */
public final class Daemon {

    private static final int STANDARD_OUTPUT = 1;
    private static final int STANDARD_ERROR = 2;

    private Daemon() {}

    /**
     * Makes the process the leader of a session without a terminal.
     *
     * @throws jinn.error.SyscallException EPERM if it leads a process group, as one does that a shell has started
     */
    public static void leaveSession() {
        NativeAccess.require();
        Session.create();
    }

    /** Sends the standard output and error to the end of a file that exists. What they were before is closed. */
    public static void redirectOutput(Path file) {
        NativeAccess.require();
        try (FileDescriptor log = FileDescriptor.open(file.toString())) {
            Session.replace(log, STANDARD_OUTPUT);
            Session.replace(log, STANDARD_ERROR);
        }
    }
}
