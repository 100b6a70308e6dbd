package jinn.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The libc functions for files with data, as in {@link Libc}. {@code off_t} has 64 bits on 64-bit Linux. */
final class LibcStorage {

    private static final MethodHandle PREADV = Libc.bind("preadv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG);
    private static final MethodHandle PWRITEV = Libc.bind("pwritev", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG);
    private static final MethodHandle PWRITE = Libc.bind("pwrite", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle FDATASYNC = Libc.bind("fdatasync", JAVA_INT, JAVA_INT);
    private static final MethodHandle FALLOCATE =
            Libc.bind("fallocate", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle LSEEK = Libc.bind("lseek", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle FLOCK = Libc.bind("flock", JAVA_INT, JAVA_INT, JAVA_INT);

    private LibcStorage() {}

    static long preadv(MemorySegment state, int fd, MemorySegment vector, int count, long offset) {
        try {
            return (long) PREADV.invokeExact(state, fd, vector, count, offset);
        } catch (Throwable t) {
            throw Libc.signatureError("preadv", t);
        }
    }

    static long pwritev(MemorySegment state, int fd, MemorySegment vector, int count, long offset) {
        try {
            return (long) PWRITEV.invokeExact(state, fd, vector, count, offset);
        } catch (Throwable t) {
            throw Libc.signatureError("pwritev", t);
        }
    }

    static long pwrite(MemorySegment state, int fd, MemorySegment buffer, long bytes, long offset) {
        try {
            return (long) PWRITE.invokeExact(state, fd, buffer, bytes, offset);
        } catch (Throwable t) {
            throw Libc.signatureError("pwrite", t);
        }
    }

    static int fdatasync(MemorySegment state, int fd) {
        try {
            return (int) FDATASYNC.invokeExact(state, fd);
        } catch (Throwable t) {
            throw Libc.signatureError("fdatasync", t);
        }
    }

    static int fallocate(MemorySegment state, int fd, int mode, long offset, long bytes) {
        try {
            return (int) FALLOCATE.invokeExact(state, fd, mode, offset, bytes);
        } catch (Throwable t) {
            throw Libc.signatureError("fallocate", t);
        }
    }

    static long lseek(MemorySegment state, int fd, long offset, int from) {
        try {
            return (long) LSEEK.invokeExact(state, fd, offset, from);
        } catch (Throwable t) {
            throw Libc.signatureError("lseek", t);
        }
    }

    static int flock(MemorySegment state, int fd, int operation) {
        try {
            return (int) FLOCK.invokeExact(state, fd, operation);
        } catch (Throwable t) {
            throw Libc.signatureError("flock", t);
        }
    }
}
