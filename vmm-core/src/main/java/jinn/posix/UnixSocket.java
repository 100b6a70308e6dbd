package jinn.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Descriptors on their way to other processes (unix(7)). */
public final class UnixSocket {

    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_NOSIGNAL = 0x4000;

    /** struct sockaddr_un: family, then the path with its NUL. */
    private static final long SOCKADDR_BYTES = 110;

    private static final long SOCKADDR_PATH_OFFSET = 2;

    /** struct msghdr on 64-bit Linux: name, its length, iov, their number, control, its length, flags. */
    private static final long MSGHDR_BYTES = 56;

    private static final long MSGHDR_IOV_OFFSET = 16;
    private static final long MSGHDR_IOV_COUNT_OFFSET = 24;
    private static final long MSGHDR_CONTROL_OFFSET = 32;
    private static final long MSGHDR_CONTROL_BYTES_OFFSET = 40;

    /** struct cmsghdr on 64-bit Linux: length, level, type, and then the data; the whole in units of 8 bytes. */
    private static final long CMSG_LEVEL_OFFSET = 8;

    private static final long CMSG_TYPE_OFFSET = 12;
    private static final long CMSG_DATA_OFFSET = 16;
    private static final long CMSG_SPACE_BYTES = 24;

    private UnixSocket() {}

    /**
     * Connects to a stream socket, sends a message with a descriptor (SCM_RIGHTS), and ends the connection.
     *
     * @param message what the receiver reads with it; not empty
     * @throws jinn.error.SyscallException if nobody listens there, or the message is not taken at once
     */
    public static void sendDescriptor(Path socket, String message, FileDescriptor descriptor) {
        MemorySegment state = CallState.ofThread();
        int number = Libc.socket(state, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (number < 0) {
            throw Errno.exception("cannot make a Unix socket", CallState.errno(state));
        }
        try (FileDescriptor fd = FileDescriptor.owning(number, "the connection to " + socket);
                Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SOCKADDR_BYTES);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            address.setString(SOCKADDR_PATH_OFFSET, socket.toString());
            if (Libc.connect(state, fd.number(), address, (int) SOCKADDR_BYTES) < 0) {
                throw Errno.exception("cannot connect to the socket " + socket, CallState.errno(state));
            }
            if (Libc.sendmsg(state, fd.number(), message(arena, message, descriptor), MSG_NOSIGNAL) < 0) {
                throw Errno.exception("cannot send " + descriptor + " to " + socket, CallState.errno(state));
            }
        }
    }

    private static MemorySegment message(Arena arena, String text, FileDescriptor descriptor) {
        MemorySegment bytes = arena.allocateFrom(text, StandardCharsets.UTF_8);
        MemorySegment vector = arena.allocate(2 * ValueLayout.ADDRESS.byteSize(), Long.BYTES);
        vector.set(ValueLayout.ADDRESS, 0, bytes);
        vector.set(ValueLayout.JAVA_LONG, Long.BYTES, bytes.byteSize() - 1);
        MemorySegment control = arena.allocate(CMSG_SPACE_BYTES, Long.BYTES);
        control.set(ValueLayout.JAVA_LONG, 0, CMSG_DATA_OFFSET + Integer.BYTES);
        control.set(ValueLayout.JAVA_INT, CMSG_LEVEL_OFFSET, SOL_SOCKET);
        control.set(ValueLayout.JAVA_INT, CMSG_TYPE_OFFSET, SCM_RIGHTS);
        control.set(ValueLayout.JAVA_INT, CMSG_DATA_OFFSET, descriptor.number());
        MemorySegment header = arena.allocate(MSGHDR_BYTES, Long.BYTES);
        header.set(ValueLayout.ADDRESS, MSGHDR_IOV_OFFSET, vector);
        header.set(ValueLayout.JAVA_LONG, MSGHDR_IOV_COUNT_OFFSET, 1);
        header.set(ValueLayout.ADDRESS, MSGHDR_CONTROL_OFFSET, control);
        header.set(ValueLayout.JAVA_LONG, MSGHDR_CONTROL_BYTES_OFFSET, CMSG_SPACE_BYTES);
        return header;
    }
}
