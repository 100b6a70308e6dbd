package jinn.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory behind a descriptor that can be handed to another process, of a size that nobody can change any more. */
public final class MemFd implements AutoCloseable {

    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_SEAL_SEAL = 1;
    private static final int F_SEAL_SHRINK = 2;
    private static final int F_SEAL_GROW = 4;

    private final FileDescriptor fd;
    private final long bytes;

    private MemFd(FileDescriptor fd, long bytes) {
        this.fd = fd;
        this.bytes = bytes;
    }

    /**
     * Makes zeroed memory, taken from the system page by page as it is touched.
     *
     * @param name shown in /proc/PID/maps
     * @param bytes its size
     */
    public static MemFd create(String name, long bytes) {
        MemorySegment state = CallState.ofThread();
        int number;
        try (Arena arena = Arena.ofConfined()) {
            number = Libc.memfd_create(state, arena.allocateFrom(name), MFD_CLOEXEC | MFD_ALLOW_SEALING);
        }
        if (number < 0) {
            throw Errno.exception("cannot create memory '" + name + "'", CallState.errno(state));
        }
        FileDescriptor fd = FileDescriptor.owning(number, "memory '" + name + "'");
        try {
            resize(fd, bytes);
            return new MemFd(fd, bytes);
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /** Sets the size for good: a process that shares the memory cannot pull pages from under the others (SIGBUS). */
    private static void resize(FileDescriptor fd, long bytes) {
        MemorySegment state = CallState.ofThread();
        if (Libc.ftruncate(state, fd.number(), bytes) < 0
                || Libc.fcntl(state, fd.number(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW) < 0) {
            throw Errno.exception("cannot give " + bytes + " bytes to " + fd, CallState.errno(state));
        }
    }

    /** Returns the descriptor, which this object goes on owning. */
    public FileDescriptor descriptor() {
        return fd;
    }

    /** Returns the size in bytes. */
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        fd.close();
    }
}
