package jinn.posix;

import java.lang.foreign.MemorySegment;

/** The kernel's random number generator. */
public final class Random {

    private Random() {}

    /** Fills {@code buffer} (native memory) with random bytes; blocks only while the system has just started. */
    public static void fill(MemorySegment buffer) {
        MemorySegment state = CallState.ofThread();
        long filled = 0;
        while (filled < buffer.byteSize()) {
            MemorySegment rest = filled == 0 ? buffer : buffer.asSlice(filled);
            long bytes = Libc.getrandom(state, rest, rest.byteSize(), 0);
            if (bytes >= 0) {
                filled += bytes;
            } else if (CallState.errno(state) != Errno.EINTR.number()) {
                throw Errno.exception("cannot get random bytes", CallState.errno(state));
            }
        }
    }
}
