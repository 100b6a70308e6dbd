package jinn.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/**
 * A level-triggered epoll set of descriptors.
 *
 * <p>{@link #add}, {@link #modify} and {@link #remove} may be called from any thread, {@link #await} and the accessors of its result only
 * from one.
 */
public final class Epoll implements AutoCloseable {

    /** At most this many ready descriptors are returned at once; the others stay ready. */
    private static final int MAX_EVENTS = 64;

    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int FOR_EVER = -1;
    private static final int EPOLL_CTL_MOD = 3;

    /** Interest in input (EPOLLIN). A hang-up or an error counts as ready with any interest, also with none. */
    public static final int INPUT = 1;

    /** Interest in room for output (EPOLLOUT). */
    public static final int OUTPUT = 4;

    static final StructLayout EVENT = eventLayout(System.getProperty("os.arch"));
    private static final long EVENTS_OFFSET = EVENT.byteOffset(MemoryLayout.PathElement.groupElement("events"));
    private static final long DATA_OFFSET = EVENT.byteOffset(MemoryLayout.PathElement.groupElement("data"));

    private final FileDescriptor fd;
    private final MemorySegment ready = Arena.ofAuto().allocate(EVENT.byteSize() * MAX_EVENTS, Long.BYTES);

    private Epoll(FileDescriptor fd) {
        this.fd = fd;
    }

    /** Makes an empty set. */
    public static Epoll create() {
        MemorySegment state = CallState.ofThread();
        int fd = Libc.epoll_create1(state, EPOLL_CLOEXEC);
        if (fd < 0) {
            throw Errno.exception("cannot create an epoll set", CallState.errno(state));
        }
        return new Epoll(FileDescriptor.owning(fd, "the epoll set"));
    }

    /**
     * Waits for input on {@code target} from now on. A descriptor whose other end has hung up counts as ready.
     *
     * @param key what {@link #key} gives when it is ready
     * @throws jinn.error.SyscallException EPERM for a file that is always ready, such as a regular file
     */
    public void add(FileDescriptor target, long key) {
        control(EPOLL_CTL_ADD, target, key, INPUT);
    }

    /**
     * Changes what to wait for.
     *
     * @param key that of {@link #add}
     * @param interest {@link #INPUT}, {@link #OUTPUT}, both or 0
     */
    public void modify(FileDescriptor target, long key, int interest) {
        control(EPOLL_CTL_MOD, target, key, interest);
    }

    private void control(int operation, FileDescriptor target, long key, int interest) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(EVENT);
            event.set(ValueLayout.JAVA_INT_UNALIGNED, EVENTS_OFFSET, interest);
            event.set(ValueLayout.JAVA_LONG_UNALIGNED, DATA_OFFSET, key);
            control(operation, target, event, "wait for ");
        }
    }

    /** Waits for {@code target} no longer. An event that {@link #await} has already returned stays in its result. */
    public void remove(FileDescriptor target) {
        control(EPOLL_CTL_DEL, target, MemorySegment.NULL, "stop waiting for ");
    }

    private void control(int operation, FileDescriptor target, MemorySegment event, String words) {
        MemorySegment state = CallState.ofThread();
        if (Libc.epoll_ctl(state, fd.number(), operation, target.number(), event) < 0) {
            throw Errno.exception("cannot " + words + target, CallState.errno(state));
        }
    }

    /** Blocks until a descriptor is ready. Returns how many are; 0 when a signal cut the wait short. */
    public int await() {
        return await(FOR_EVER);
    }

    /** Returns how many descriptors are ready now, without blocking. */
    public int poll() {
        return await(0);
    }

    private int await(int timeoutMs) {
        MemorySegment state = CallState.ofThread();
        int count = Libc.epoll_wait(state, fd.number(), ready, MAX_EVENTS, timeoutMs);
        if (count >= 0) {
            return count;
        }
        int errno = CallState.errno(state);
        if (errno == Errno.EINTR.number()) {
            return 0;
        }
        throw Errno.exception("cannot wait for events", errno);
    }

    /** Returns the key of the {@code index}-th ready descriptor of the last {@link #await} or {@link #poll}. */
    public long key(int index) {
        return ready.get(ValueLayout.JAVA_LONG_UNALIGNED, index * EVENT.byteSize() + DATA_OFFSET);
    }

    @Override
    public void close() {
        fd.close();
    }

    /** Returns struct epoll_event: packed on x86-64 (uapi/linux/eventpoll.h, EPOLL_PACKED), naturally aligned elsewhere. */
    static StructLayout eventLayout(String architecture) {
        boolean packed = architecture.equals("amd64") || architecture.equals("x86_64");
        return packed
                ? MemoryLayout.structLayout(
                        ValueLayout.JAVA_INT.withName("events"), ValueLayout.JAVA_LONG_UNALIGNED.withName("data"))
                : MemoryLayout.structLayout(
                        ValueLayout.JAVA_INT.withName("events"),
                        MemoryLayout.paddingLayout(Integer.BYTES),
                        ValueLayout.JAVA_LONG.withName("data"));
    }
}
