package jinn.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The libc function that gives memory back, as in {@link Libc}; linked only where a VM has a use for it. */
final class LibcMemory {

    private static final MethodHandle MADVISE = Libc.bind("madvise", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

    private LibcMemory() {}

    static int madvise(MemorySegment state, MemorySegment address, long bytes, int advice) {
        try {
            return (int) MADVISE.invokeExact(state, address, bytes, advice);
        } catch (Throwable t) {
            throw Libc.signatureError("madvise", t);
        }
    }
}
