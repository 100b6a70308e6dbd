package jinn.posix;

import java.lang.foreign.MemorySegment;

/** The process's session and the descriptors that it was started with. */
public final class Session {

    private Session() {}

    /**
     * Makes the process the leader of a new session, without a controlling terminal.
     *
     * @throws jinn.error.SyscallException EPERM if it leads a process group already
     */
    public static void create() {
        MemorySegment state = CallState.ofThread();
        if (Libc.setsid(state) < 0) {
            throw Errno.exception("cannot make a session of its own", CallState.errno(state));
        }
    }

    /** Lets the descriptor {@code number} mean the same open file as {@code source}, atomically; not close-on-exec. */
    public static void replace(FileDescriptor source, int number) {
        MemorySegment state = CallState.ofThread();
        if (Libc.dup2(state, source.number(), number) < 0) {
            throw Errno.exception("cannot redirect descriptor " + number + " to " + source, CallState.errno(state));
        }
    }
}
