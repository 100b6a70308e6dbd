package jinn.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Bytes on a Unix socket, with descriptors that the receiver gets its own copies of (unix(7), SCM_RIGHTS). */
public final class DescriptorMessage {

    /** The kernel takes no more at once (SCM_MAX_FD). */
    public static final int MAXIMUM_DESCRIPTORS = 253;

    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_NOSIGNAL = 0x4000;

    /** struct iovec: base and length. */
    private static final int IOVEC_BYTES = 16;

    /** struct msghdr of a 64-bit system: name, namelen, iov, iovlen, control, controllen, flags. */
    private static final int MSGHDR_BYTES = 56;

    private static final int MSGHDR_IOV = 16;
    private static final int MSGHDR_IOV_COUNT = 24;
    private static final int MSGHDR_CONTROL = 32;
    private static final int MSGHDR_CONTROL_BYTES = 40;

    /** struct cmsghdr: length with this header (64 bits), level, type; then the descriptors. */
    private static final int CMSGHDR_BYTES = 16;

    private static final int CMSGHDR_LEVEL = 8;
    private static final int CMSGHDR_TYPE = 12;

    private DescriptorMessage() {}

    /**
     * Sends bytes, all of them or none.
     *
     * @param descriptors stay the caller's; at most {@link #MAXIMUM_DESCRIPTORS}
     * @throws jinn.error.SyscallException with the errno of sendmsg(2); EPIPE when the other end is closed
     */
    public static void send(FileDescriptor socket, byte[] bytes, List<FileDescriptor> descriptors) {
        MemorySegment state = CallState.ofThread();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = message(arena, bytes, descriptors);
            long sent;
            do {
                sent = LibcMessages.sendmsg(state, socket.number(), message, MSG_NOSIGNAL);
            } while (sent < 0 && CallState.errno(state) == Errno.EINTR.number());
            if (sent < 0) {
                throw Errno.exception("cannot send to " + socket, CallState.errno(state));
            }
            if (sent < bytes.length) {
                throw Errno.exception("cannot send all of a message to " + socket, Errno.EAGAIN.number());
            }
        }
    }

    private static MemorySegment message(Arena arena, byte[] bytes, List<FileDescriptor> descriptors) {
        MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
        MemorySegment piece = arena.allocate(IOVEC_BYTES, Long.BYTES);
        piece.set(ValueLayout.ADDRESS, 0, data);
        piece.set(ValueLayout.JAVA_LONG, Long.BYTES, bytes.length);
        MemorySegment message = arena.allocate(MSGHDR_BYTES, Long.BYTES);
        message.set(ValueLayout.ADDRESS, MSGHDR_IOV, piece);
        message.set(ValueLayout.JAVA_LONG, MSGHDR_IOV_COUNT, 1);
        if (!descriptors.isEmpty()) {
            MemorySegment control = control(arena, descriptors);
            message.set(ValueLayout.ADDRESS, MSGHDR_CONTROL, control);
            message.set(ValueLayout.JAVA_LONG, MSGHDR_CONTROL_BYTES, control.byteSize());
        }
        return message;
    }

    private static MemorySegment control(Arena arena, List<FileDescriptor> descriptors) {
        long bytes = CMSGHDR_BYTES + (long) Integer.BYTES * descriptors.size();
        MemorySegment control = arena.allocate((bytes + Long.BYTES - 1) & -Long.BYTES, Long.BYTES);
        control.set(ValueLayout.JAVA_LONG, 0, bytes);
        control.set(ValueLayout.JAVA_INT, CMSGHDR_LEVEL, SOL_SOCKET);
        control.set(ValueLayout.JAVA_INT, CMSGHDR_TYPE, SCM_RIGHTS);
        for (int i = 0; i < descriptors.size(); i++) {
            control.set(
                    ValueLayout.JAVA_INT,
                    CMSGHDR_BYTES + (long) Integer.BYTES * i,
                    descriptors.get(i).number());
        }
        return control;
    }
}
