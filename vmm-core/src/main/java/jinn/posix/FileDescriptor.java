package jinn.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An open file descriptor and, unless it is borrowed, the duty to close it.
 *
 * <p>Calls may come from any thread. Whoever closes it makes sure that no other thread is inside a call: the kernel may
 * give the number to another file at once.
 */
public final class FileDescriptor implements AutoCloseable {

    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_NONBLOCK = 0x800;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int POLLIN = 1;
    private static final int POLLOUT = 4;
    private static final int POLLHUP = 16;

    /** struct pollfd: fd, events, revents. */
    private static final long POLLFD_BYTES = 8;

    private static final long POLLFD_EVENTS_OFFSET = 4;
    private static final long POLLFD_RETURNED_OFFSET = 6;

    private final int number;
    private final String name;
    private final boolean owned;
    private final AtomicBoolean closed = new AtomicBoolean();

    private FileDescriptor(int number, String name, boolean owned) {
        this.number = number;
        this.name = name;
        this.owned = owned;
    }

    /**
     * Takes over a descriptor that a system call returned.
     *
     * @param name what it is, for messages
     */
    public static FileDescriptor owning(int number, String name) {
        return new FileDescriptor(number, name, true);
    }

    /** Refers to a descriptor that somebody else closes, for example standard input. */
    public static FileDescriptor borrowing(int number, String name) {
        return new FileDescriptor(number, name, false);
    }

    /**
     * Opens {@code path} for reading and writing, close-on-exec.
     *
     * @throws jinn.error.SyscallException with the errno of open(2)
     */
    public static FileDescriptor open(String path) {
        MemorySegment state = CallState.ofThread();
        try (Arena arena = Arena.ofConfined()) {
            int fd = Libc.open(state, arena.allocateFrom(path), O_RDWR | O_CLOEXEC);
            if (fd < 0) {
                throw Errno.exception("cannot open " + path, CallState.errno(state));
            }
            return owning(fd, path);
        }
    }

    /** Returns the number; the descriptor must be open. */
    public int number() {
        if (closed.get()) {
            throw new IllegalStateException(name + " is closed");
        }
        return number;
    }

    /** Makes another descriptor for the same open file, close-on-exec. */
    FileDescriptor duplicate() {
        MemorySegment state = CallState.ofThread();
        int copy = Libc.fcntl(state, number(), F_DUPFD_CLOEXEC, 0);
        if (copy < 0) {
            throw Errno.exception("cannot duplicate " + this, CallState.errno(state));
        }
        return owning(copy, name);
    }

    /** Makes reads and writes return EAGAIN instead of waiting, for everybody who has this open file. */
    void setNonBlocking() {
        MemorySegment state = CallState.ofThread();
        int flags = Libc.fcntl(state, number(), F_GETFL, 0);
        if (flags < 0 || Libc.fcntl(state, number(), F_SETFL, flags | O_NONBLOCK) < 0) {
            throw Errno.exception("cannot make " + this + " non-blocking", CallState.errno(state));
        }
    }

    /** Calls ioctl(2) with a pointer. Returns its result, or {@code -errno}. */
    public int ioctl(long request, MemorySegment argument) {
        MemorySegment state = CallState.ofThread();
        return CallState.resultOrErrno(state, Libc.ioctl(state, number(), request, argument));
    }

    /** Calls ioctl(2) with an integer. Returns its result, or {@code -errno}. */
    public int ioctl(long request, long argument) {
        MemorySegment state = CallState.ofThread();
        return CallState.resultOrErrno(state, Libc.ioctl(state, number(), request, argument));
    }

    /** Reads up to {@code bytes} bytes to the start of the buffer. Returns how many, 0 at the end, or {@code -errno}. */
    public long read(MemorySegment buffer, long bytes) {
        MemorySegment state = CallState.ofThread();
        return CallState.resultOrErrno(state, Libc.read(state, number(), buffer, bytes));
    }

    /** Writes up to {@code bytes} bytes from the start of the buffer. Returns how many, or {@code -errno}. */
    public long write(MemorySegment buffer, long bytes) {
        MemorySegment state = CallState.ofThread();
        return CallState.resultOrErrno(state, Libc.write(state, number(), buffer, bytes));
    }

    /**
     * Calls readv(2). Returns how many bytes, 0 at the end, or {@code -errno}.
     *
     * @param pieces an array of struct iovec
     * @param count how many of its elements to use, at most 1024 (IOV_MAX)
     */
    public long readVector(MemorySegment pieces, int count) {
        MemorySegment state = CallState.ofThread();
        return CallState.resultOrErrno(state, LibcSockets.readv(state, number(), pieces, count));
    }

    /**
     * Calls writev(2). Returns how many bytes, or {@code -errno}. Where nobody reads the other end it is EPIPE: the JVM
     * handles SIGPIPE.
     *
     * @param pieces an array of struct iovec
     * @param count how many of its elements to use, at most 1024 (IOV_MAX)
     */
    public long writeVector(MemorySegment pieces, int count) {
        MemorySegment state = CallState.ofThread();
        return CallState.resultOrErrno(state, LibcSockets.writev(state, number(), pieces, count));
    }

    /** Returns whether both directions have ended: the other end of a socket has closed it (POLLHUP). */
    public boolean isHungUp() {
        return (poll(0, 0) & POLLHUP) != 0;
    }

    /** Blocks until a write may succeed or fail for good, or a signal arrives. */
    public void awaitWritable() {
        poll(POLLOUT, -1);
    }

    /** Returns what poll(2) says of the descriptor; 0 when a signal cut the wait short. */
    private int poll(int events, int timeoutMs) {
        MemorySegment state = CallState.ofThread();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pollfd = arena.allocate(POLLFD_BYTES, Integer.BYTES);
            pollfd.set(ValueLayout.JAVA_INT, 0, number());
            pollfd.set(ValueLayout.JAVA_SHORT, POLLFD_EVENTS_OFFSET, (short) events);
            int result = Libc.poll(state, pollfd, 1, timeoutMs);
            if (result < 0 && CallState.errno(state) != Errno.EINTR.number()) {
                throw Errno.exception("cannot wait for " + this, CallState.errno(state));
            }
            return result > 0 ? pollfd.get(ValueLayout.JAVA_SHORT, POLLFD_RETURNED_OFFSET) : 0;
        }
    }

    /** Blocks until there is input or the other end is closed, a signal arrives, or the time is over. */
    public void awaitReadable(int timeoutMs) {
        poll(POLLIN, timeoutMs);
    }

    /** Closes the descriptor unless it is borrowed. A second call does nothing. */
    @Override
    public void close() {
        if (closed.getAndSet(true) || !owned) {
            return;
        }
        MemorySegment state = CallState.ofThread();
        int result = Libc.close(state, number);
        // Linux has closed it even when it says EINTR; calling again could close another thread's new file.
        if (result < 0 && CallState.errno(state) != Errno.EINTR.number()) {
            throw Errno.exception("cannot close " + name, CallState.errno(state));
        }
    }

    @Override
    public String toString() {
        return name + " (fd " + number + ")";
    }
}
