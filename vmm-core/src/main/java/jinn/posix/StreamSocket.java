package jinn.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import jinn.error.HostException;

/** Non-blocking stream sockets of the Unix domain, close-on-exec. */
public final class StreamSocket {

    /** Longest path of a socket in bytes: sun_path with its NUL has 108 (linux/un.h). */
    public static final int MAXIMUM_PATH_BYTES = 107;

    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int STREAM = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    private static final int SHUT_RD = 0;
    private static final int SHUT_WR = 1;

    /** Offset of sun_path, behind the family of 16 bits. */
    private static final int PATH_OFFSET = 2;

    private static final int ADDRESS_BYTES = PATH_OFFSET + MAXIMUM_PATH_BYTES + 1;

    private StreamSocket() {}

    /**
     * A connection with both ends in this process, to hand one to a child.
     *
     * @param own non-blocking
     * @param other blocks, as a child that was not asked expects
     */
    public record Pair(FileDescriptor own, FileDescriptor other) {}

    /** Makes a connected pair. */
    public static Pair pair(String name) {
        MemorySegment state = CallState.ofThread();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate(ValueLayout.JAVA_INT, 2);
            if (LibcSockets.socketpair(state, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, numbers) < 0) {
                throw Errno.exception("cannot create the socket pair of " + name, CallState.errno(state));
            }
            FileDescriptor own = FileDescriptor.owning(numbers.getAtIndex(ValueLayout.JAVA_INT, 0), name);
            FileDescriptor other =
                    FileDescriptor.owning(numbers.getAtIndex(ValueLayout.JAVA_INT, 1), name + "'s other end");
            own.setNonBlocking();
            return new Pair(own, other);
        }
    }

    /**
     * Connects to the socket at a path. Never blocks: a Unix socket connects at once or not at all.
     *
     * @throws jinn.error.SyscallException with the errno of connect(2), for example ENOENT or ECONNREFUSED
     */
    public static FileDescriptor connect(String path) {
        MemorySegment state = CallState.ofThread();
        FileDescriptor socket = create(path);
        try (Arena arena = Arena.ofConfined()) {
            if (LibcSockets.connect(state, socket.number(), address(path, arena), ADDRESS_BYTES) < 0) {
                throw Errno.exception("cannot connect to " + path, CallState.errno(state));
            }
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Makes a socket at a path and listens at it. Whoever closes it deletes the file.
     *
     * @throws jinn.error.SyscallException EADDRINUSE if the path is there
     */
    public static FileDescriptor listen(String path, int backlog) {
        MemorySegment state = CallState.ofThread();
        FileDescriptor socket = create(path);
        try (Arena arena = Arena.ofConfined()) {
            if (LibcSockets.bind(state, socket.number(), address(path, arena), ADDRESS_BYTES) < 0
                    || LibcSockets.listen(state, socket.number(), backlog) < 0) {
                throw Errno.exception("cannot listen at " + path, CallState.errno(state));
            }
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Takes the next client of a listening socket. Returns its descriptor's number, or {@code -errno}. */
    public static int accept(FileDescriptor listener) {
        MemorySegment state = CallState.ofThread();
        return CallState.resultOrErrno(
                state,
                LibcSockets.accept4(
                        state,
                        listener.number(),
                        MemorySegment.NULL,
                        MemorySegment.NULL,
                        SOCK_NONBLOCK | SOCK_CLOEXEC));
    }

    /** Tells the other end that it gets no more. An end that has gone is no error. */
    public static void endOutput(FileDescriptor socket) {
        LibcSockets.shutdown(CallState.ofThread(), socket.number(), SHUT_WR);
    }

    /** Refuses what the other end sends from now on. An end that has gone is no error. */
    public static void endInput(FileDescriptor socket) {
        LibcSockets.shutdown(CallState.ofThread(), socket.number(), SHUT_RD);
    }

    private static FileDescriptor create(String path) {
        MemorySegment state = CallState.ofThread();
        int number = LibcSockets.socket(state, AF_UNIX, STREAM, 0);
        if (number < 0) {
            throw Errno.exception("cannot create a socket for " + path, CallState.errno(state));
        }
        return FileDescriptor.owning(number, path);
    }

    private static MemorySegment address(String path, Arena arena) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAXIMUM_PATH_BYTES) {
            throw new HostException("cannot use the socket " + path + ": its path has " + bytes.length
                    + " bytes, at most " + MAXIMUM_PATH_BYTES + " are possible; use a shorter one");
        }
        MemorySegment address = arena.allocate(ADDRESS_BYTES, Short.BYTES);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(bytes, 0, address, ValueLayout.JAVA_BYTE, PATH_OFFSET, bytes.length);
        return address;
    }
}
