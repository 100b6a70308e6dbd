package jinn.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The libc function that passes descriptors on, as in {@link Libc}; linked only where a VM has a use for it. */
final class LibcMessages {

    private static final MethodHandle SENDMSG = Libc.bind("sendmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);

    private LibcMessages() {}

    static long sendmsg(MemorySegment state, int fd, MemorySegment message, int flags) {
        try {
            return (long) SENDMSG.invokeExact(state, fd, message, flags);
        } catch (Throwable t) {
            throw Libc.signatureError("sendmsg", t);
        }
    }
}
