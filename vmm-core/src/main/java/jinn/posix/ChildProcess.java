package jinn.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;

/**
 * A program that inherits descriptors, which {@link ProcessBuilder} does not allow.
 *
 * <p>It runs in a session of its own: Ctrl-C in the terminal is for Jinn alone, which ends it in its turn.
 */
public final class ChildProcess implements AutoCloseable {

    /** POSIX_SPAWN_SETSID of glibc (spawn.h). */
    private static final short SETSID = 0x80;

    /** More than glibc's posix_spawn_file_actions_t (80 bytes) and posix_spawnattr_t (336 bytes) need. */
    private static final long OPAQUE_BYTES = 512;

    private static final int SIGKILL = 9;
    private static final int ERROR_OUTPUT = 2;

    private final int pid;
    private final String name;
    private boolean ended;

    private ChildProcess(int pid, String name) {
        this.pid = pid;
        this.name = name;
    }

    /**
     * Starts a program with the environment of this one.
     *
     * @param command the program, searched in PATH, and its arguments
     * @param errors becomes its standard error
     * @param inherited keeps its number
     * @return the process, or nothing was started
     * @throws jinn.error.SyscallException ENOENT if there is no such program
     */
    public static ChildProcess start(List<String> command, FileDescriptor errors, FileDescriptor inherited) {
        MemorySegment state = CallState.ofThread();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(OPAQUE_BYTES, Long.BYTES);
            MemorySegment attributes = arena.allocate(OPAQUE_BYTES, Long.BYTES);
            MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
            List<String> environment = System.getenv().entrySet().stream()
                    .map(ChildProcess::variable)
                    .toList();
            LibcProcesses.posix_spawn_file_actions_init(state, actions);
            LibcProcesses.posix_spawnattr_init(state, attributes);
            try {
                add(state, actions, errors.number(), ERROR_OUTPUT);
                // Where both numbers are the same, glibc takes close-on-exec away.
                add(state, actions, inherited.number(), inherited.number());
                LibcProcesses.posix_spawnattr_setflags(state, attributes, SETSID);
                int error = LibcProcesses.posix_spawnp(
                        state,
                        pid,
                        arena.allocateFrom(command.getFirst()),
                        actions,
                        attributes,
                        strings(command, arena),
                        strings(environment, arena));
                if (error != 0) {
                    throw Errno.exception("cannot start " + command.getFirst(), error);
                }
            } finally {
                LibcProcesses.posix_spawnattr_destroy(state, attributes);
                LibcProcesses.posix_spawn_file_actions_destroy(state, actions);
            }
            return new ChildProcess(pid.get(ValueLayout.JAVA_INT, 0), command.getFirst());
        }
    }

    private static void add(MemorySegment state, MemorySegment actions, int fd, int newFd) {
        int error = LibcProcesses.posix_spawn_file_actions_adddup2(state, actions, fd, newFd);
        if (error != 0) {
            throw Errno.exception("cannot hand descriptor " + fd + " to a child", error);
        }
    }

    private static String variable(Map.Entry<String, String> entry) {
        return entry.getKey() + "=" + entry.getValue();
    }

    /** Makes an array of C strings with NULL behind the last. */
    private static MemorySegment strings(List<String> texts, Arena arena) {
        MemorySegment array = arena.allocate(ValueLayout.ADDRESS, texts.size() + 1L);
        for (int i = 0; i < texts.size(); i++) {
            array.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(texts.get(i)));
        }
        return array;
    }

    /** Kills the program if it still runs, and waits for its end. A second call does nothing. */
    @Override
    public synchronized void close() {
        if (ended) {
            return;
        }
        ended = true;
        MemorySegment state = CallState.ofThread();
        // Until it is waited for the number is the child's own, even when it has ended.
        LibcProcesses.kill(state, pid, SIGKILL);
        while (LibcProcesses.waitpid(state, pid, MemorySegment.NULL, 0) < 0) {
            if (CallState.errno(state) != Errno.EINTR.number()) {
                throw Errno.exception("cannot wait for the end of " + name, CallState.errno(state));
            }
        }
    }
}
