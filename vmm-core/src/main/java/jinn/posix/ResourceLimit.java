package jinn.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A limit that the kernel sets this process, as getrlimit(2) tells it now. */
public enum ResourceLimit {
    /** Open file descriptors: the next one's number has to be below the limit. */
    NOFILE(7),
    /** Locked memory in bytes, the pages that a driver pins included. */
    MEMLOCK(8);

    /** RLIM_INFINITY. */
    private static final long INFINITY = -1;

    /** struct rlimit: soft and hard limit, each 64 bits on 64-bit Linux. */
    private static final long RLIMIT_BYTES = 16;

    private final int number;

    /** The numbers are those of Linux on arm64 and x86-64 (asm-generic/resource.h). */
    ResourceLimit(int number) {
        this.number = number;
    }

    /** Returns the soft limit, {@link Long#MAX_VALUE} when there is none. */
    public long soft() {
        MemorySegment state = CallState.ofThread();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocate(RLIMIT_BYTES, Long.BYTES);
            if (Libc.getrlimit(state, number, limit) < 0) {
                throw Errno.exception("cannot read the limit RLIMIT_" + name(), CallState.errno(state));
            }
            long soft = limit.get(ValueLayout.JAVA_LONG, 0);
            return soft == INFINITY ? Long.MAX_VALUE : soft;
        }
    }
}
