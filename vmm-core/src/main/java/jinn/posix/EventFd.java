package jinn.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A non-blocking eventfd: a 64-bit counter in the kernel that a signal raises and a drain sets back to 0.
 *
 * <p>Any thread may signal. One thread drains, since the buffer it reads into is the object's own.
 */
public final class EventFd implements AutoCloseable {

    private static final int EFD_CLOEXEC = 0x80000;
    private static final int EFD_NONBLOCK = 0x800;
    private static final MemorySegment ONE = constantOne();

    private final FileDescriptor fd;
    private final MemorySegment count = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);
    private final MemorySegment addend = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);

    private EventFd(FileDescriptor fd) {
        this.fd = fd;
    }

    /**
     * Makes an eventfd with count 0.
     *
     * @param name what it is for, for messages
     */
    public static EventFd create(String name) {
        MemorySegment state = CallState.ofThread();
        int fd = Libc.eventfd(state, 0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (fd < 0) {
            throw Errno.exception("cannot create the eventfd of " + name, CallState.errno(state));
        }
        return new EventFd(FileDescriptor.owning(fd, "the eventfd of " + name));
    }

    /** Makes another descriptor for the same counter, for somebody with a life of his own. */
    public EventFd duplicate() {
        return new EventFd(fd.duplicate());
    }

    /** Returns the descriptor, which this object goes on owning. */
    public FileDescriptor descriptor() {
        return fd;
    }

    /** Adds 1 to the count. Never blocks; a count at its maximum already says what the signal would. */
    public void signal() {
        write(ONE);
    }

    private void write(MemorySegment signals) {
        long written;
        do {
            written = fd.write(signals, Long.BYTES);
        } while (written == -Errno.EINTR.number());
        if (written < 0 && written != -Errno.EAGAIN.number()) {
            throw Errno.exception("cannot signal " + fd, (int) -written);
        }
    }

    /** Adds to the count. Never blocks; what a count at its maximum cannot take is lost. Of one thread at a time. */
    public void add(long signals) {
        addend.set(ValueLayout.JAVA_LONG, 0, signals);
        write(addend);
    }

    /** Sets the count to 0 and returns what it was; 0 when nobody has signalled, which after a wake-up is normal. */
    public long drain() {
        long read;
        do {
            read = fd.read(count, Long.BYTES);
        } while (read == -Errno.EINTR.number());
        if (read == -Errno.EAGAIN.number()) {
            return 0;
        }
        if (read < 0) {
            throw Errno.exception("cannot read " + fd, (int) -read);
        }
        return count.get(ValueLayout.JAVA_LONG, 0);
    }

    @Override
    public void close() {
        fd.close();
    }

    private static MemorySegment constantOne() {
        MemorySegment one = Arena.global().allocate(ValueLayout.JAVA_LONG);
        one.set(ValueLayout.JAVA_LONG, 0, 1);
        return one.asReadOnly();
    }
}
