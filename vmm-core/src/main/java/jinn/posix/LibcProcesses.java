package jinn.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The libc functions for child processes, as in {@link Libc}. Those of posix_spawn return an error number. */
final class LibcProcesses {

    private static final MethodHandle POSIX_SPAWNP =
            Libc.bind("posix_spawnp", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle ACTIONS_INIT = Libc.bind("posix_spawn_file_actions_init", JAVA_INT, ADDRESS);
    private static final MethodHandle ACTIONS_ADDDUP2 =
            Libc.bind("posix_spawn_file_actions_adddup2", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle ACTIONS_DESTROY =
            Libc.bind("posix_spawn_file_actions_destroy", JAVA_INT, ADDRESS);
    private static final MethodHandle ATTRIBUTES_INIT = Libc.bind("posix_spawnattr_init", JAVA_INT, ADDRESS);
    private static final MethodHandle ATTRIBUTES_SETFLAGS =
            Libc.bind("posix_spawnattr_setflags", JAVA_INT, ADDRESS, JAVA_SHORT);
    private static final MethodHandle ATTRIBUTES_DESTROY = Libc.bind("posix_spawnattr_destroy", JAVA_INT, ADDRESS);
    private static final MethodHandle KILL = Libc.bind("kill", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle WAITPID = Libc.bind("waitpid", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);

    private LibcProcesses() {}

    static int posix_spawnp(
            MemorySegment state,
            MemorySegment pid,
            MemorySegment file,
            MemorySegment actions,
            MemorySegment attributes,
            MemorySegment arguments,
            MemorySegment environment) {
        try {
            return (int) POSIX_SPAWNP.invokeExact(state, pid, file, actions, attributes, arguments, environment);
        } catch (Throwable t) {
            throw Libc.signatureError("posix_spawnp", t);
        }
    }

    static int posix_spawn_file_actions_init(MemorySegment state, MemorySegment actions) {
        try {
            return (int) ACTIONS_INIT.invokeExact(state, actions);
        } catch (Throwable t) {
            throw Libc.signatureError("posix_spawn_file_actions_init", t);
        }
    }

    static int posix_spawn_file_actions_adddup2(MemorySegment state, MemorySegment actions, int fd, int newFd) {
        try {
            return (int) ACTIONS_ADDDUP2.invokeExact(state, actions, fd, newFd);
        } catch (Throwable t) {
            throw Libc.signatureError("posix_spawn_file_actions_adddup2", t);
        }
    }

    static int posix_spawn_file_actions_destroy(MemorySegment state, MemorySegment actions) {
        try {
            return (int) ACTIONS_DESTROY.invokeExact(state, actions);
        } catch (Throwable t) {
            throw Libc.signatureError("posix_spawn_file_actions_destroy", t);
        }
    }

    static int posix_spawnattr_init(MemorySegment state, MemorySegment attributes) {
        try {
            return (int) ATTRIBUTES_INIT.invokeExact(state, attributes);
        } catch (Throwable t) {
            throw Libc.signatureError("posix_spawnattr_init", t);
        }
    }

    static int posix_spawnattr_setflags(MemorySegment state, MemorySegment attributes, short flags) {
        try {
            return (int) ATTRIBUTES_SETFLAGS.invokeExact(state, attributes, flags);
        } catch (Throwable t) {
            throw Libc.signatureError("posix_spawnattr_setflags", t);
        }
    }

    static int posix_spawnattr_destroy(MemorySegment state, MemorySegment attributes) {
        try {
            return (int) ATTRIBUTES_DESTROY.invokeExact(state, attributes);
        } catch (Throwable t) {
            throw Libc.signatureError("posix_spawnattr_destroy", t);
        }
    }

    static int kill(MemorySegment state, int pid, int signal) {
        try {
            return (int) KILL.invokeExact(state, pid, signal);
        } catch (Throwable t) {
            throw Libc.signatureError("kill", t);
        }
    }

    static int waitpid(MemorySegment state, int pid, MemorySegment status, int options) {
        try {
            return (int) WAITPID.invokeExact(state, pid, status, options);
        } catch (Throwable t) {
            throw Libc.signatureError("waitpid", t);
        }
    }
}
