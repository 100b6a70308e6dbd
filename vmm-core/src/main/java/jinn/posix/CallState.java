package jinn.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/**
 * Where a downcall leaves errno.
 *
 * <p>The JVM may make system calls of its own between a downcall's return and the next line of Java, so errno is
 * captured by the linker into memory of ours. One segment per thread, allocated once, costs a sixth of one per call.
 */
final class CallState {

    private static final StructLayout LAYOUT = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = LAYOUT.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> SEGMENTS =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(LAYOUT));

    private CallState() {}

    /** Returns the calling thread's segment. */
    static MemorySegment ofThread() {
        return SEGMENTS.get();
    }

    /** Returns {@code result} when it is not negative, else the negated errno that the call left in {@code state}. */
    static int resultOrErrno(MemorySegment state, int result) {
        return result >= 0 ? result : -errno(state);
    }

    /** Returns {@code result} when it is not negative, else the negated errno that the call left in {@code state}. */
    static long resultOrErrno(MemorySegment state, long result) {
        return result >= 0 ? result : -errno(state);
    }

    /** Returns the errno, positive, that the last failed call left in {@code state}. */
    static int errno(MemorySegment state) {
        return state.get(ValueLayout.JAVA_INT, ERRNO_OFFSET);
    }
}
