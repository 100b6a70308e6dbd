package jinn.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The libc functions for sockets and for transfers of several pieces, as in {@link Libc}. */
final class LibcSockets {

    private static final MethodHandle READV = Libc.bind("readv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle WRITEV = Libc.bind("writev", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SOCKET = Libc.bind("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SOCKETPAIR =
            Libc.bind("socketpair", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle BIND = Libc.bind("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle LISTEN = Libc.bind("listen", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle ACCEPT4 = Libc.bind("accept4", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle CONNECT = Libc.bind("connect", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SHUTDOWN = Libc.bind("shutdown", JAVA_INT, JAVA_INT, JAVA_INT);

    private LibcSockets() {}

    static long readv(MemorySegment state, int fd, MemorySegment pieces, int count) {
        try {
            return (long) READV.invokeExact(state, fd, pieces, count);
        } catch (Throwable t) {
            throw Libc.signatureError("readv", t);
        }
    }

    static long writev(MemorySegment state, int fd, MemorySegment pieces, int count) {
        try {
            return (long) WRITEV.invokeExact(state, fd, pieces, count);
        } catch (Throwable t) {
            throw Libc.signatureError("writev", t);
        }
    }

    static int socket(MemorySegment state, int domain, int type, int protocol) {
        try {
            return (int) SOCKET.invokeExact(state, domain, type, protocol);
        } catch (Throwable t) {
            throw Libc.signatureError("socket", t);
        }
    }

    static int socketpair(MemorySegment state, int domain, int type, int protocol, MemorySegment pair) {
        try {
            return (int) SOCKETPAIR.invokeExact(state, domain, type, protocol, pair);
        } catch (Throwable t) {
            throw Libc.signatureError("socketpair", t);
        }
    }

    static int bind(MemorySegment state, int fd, MemorySegment address, int bytes) {
        try {
            return (int) BIND.invokeExact(state, fd, address, bytes);
        } catch (Throwable t) {
            throw Libc.signatureError("bind", t);
        }
    }

    static int listen(MemorySegment state, int fd, int backlog) {
        try {
            return (int) LISTEN.invokeExact(state, fd, backlog);
        } catch (Throwable t) {
            throw Libc.signatureError("listen", t);
        }
    }

    static int accept4(MemorySegment state, int fd, MemorySegment address, MemorySegment bytes, int flags) {
        try {
            return (int) ACCEPT4.invokeExact(state, fd, address, bytes, flags);
        } catch (Throwable t) {
            throw Libc.signatureError("accept4", t);
        }
    }

    static int connect(MemorySegment state, int fd, MemorySegment address, int bytes) {
        try {
            return (int) CONNECT.invokeExact(state, fd, address, bytes);
        } catch (Throwable t) {
            throw Libc.signatureError("connect", t);
        }
    }

    static int shutdown(MemorySegment state, int fd, int how) {
        try {
            return (int) SHUTDOWN.invokeExact(state, fd, how);
        } catch (Throwable t) {
            throw Libc.signatureError("shutdown", t);
        }
    }
}
