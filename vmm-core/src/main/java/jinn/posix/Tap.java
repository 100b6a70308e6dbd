package jinn.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * One queue of a tap interface (linux/if_tun.h), non-blocking. A read gives one frame that the host sends to the
 * interface, a write hands one in, both with a {@code struct virtio_net_hdr_mrg_rxbuf} in front.
 */
public final class Tap {

    /** Longest name of an interface: IFNAMSIZ with its NUL is 16. */
    public static final int MAXIMUM_NAME_BYTES = 15;

    /** Bits of {@link #setOffloads}: TUN_F_CSUM, TUN_F_TSO4, TUN_F_TSO6. */
    public static final int OFFLOAD_CHECKSUM = 1;
    /** See {@link #OFFLOAD_CHECKSUM}. */
    public static final int OFFLOAD_TSO4 = 2;
    /** See {@link #OFFLOAD_CHECKSUM}. */
    public static final int OFFLOAD_TSO6 = 4;

    private static final String DEVICE = "/dev/net/tun";

    private static final long TUNSETIFF = 0x400454ca;
    private static final long TUNSETOFFLOAD = 0x400454d0;
    private static final long TUNSETVNETHDRSZ = 0x400454d8;
    private static final long TUNSETQUEUE = 0x400454d9;
    private static final long TUNSETVNETLE = 0x400454dc;

    private static final short IFF_TAP = 0x0002;
    private static final short IFF_MULTI_QUEUE = 0x0100;
    private static final short IFF_ATTACH_QUEUE = 0x0200;
    private static final short IFF_DETACH_QUEUE = 0x0400;
    private static final short IFF_NO_PI = 0x1000;
    private static final short IFF_VNET_HDR = 0x4000;

    /** struct ifreq: the name in 16 bytes, then the flags. */
    private static final long IFREQ_BYTES = 40;

    private static final long IFREQ_FLAGS_OFFSET = 16;

    private final FileDescriptor fd;

    private Tap(FileDescriptor fd) {
        this.fd = fd;
    }

    /**
     * Attaches to an interface. One that does not exist is made, if the process may, and lives as long as the descriptor.
     *
     * @param multiQueue whether the interface has several queues, each with a descriptor of its own; an existing one
     *     must have been made with the same choice
     * @param headerBytes size of the header in front of each frame
     * @throws jinn.error.SyscallException ENOENT or ENODEV without the tun driver, EACCES or EPERM without the right to
     *     use it, EBUSY if it is in use, EINVAL if it is no tap interface or has another choice of queues
     */
    public static Tap open(String name, boolean multiQueue, int headerBytes) {
        FileDescriptor fd = FileDescriptor.open(DEVICE);
        try {
            fd.setNonBlocking();
            int flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | (multiQueue ? IFF_MULTI_QUEUE : 0);
            request(fd, TUNSETIFF, name, flags, "cannot attach to the interface " + name);
            setInteger(fd, TUNSETVNETHDRSZ, headerBytes);
            setInteger(fd, TUNSETVNETLE, 1);
            return new Tap(fd);
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /** Returns the descriptor, which the caller closes. */
    public FileDescriptor descriptor() {
        return fd;
    }

    /**
     * Tells the interface what a frame that it gives may leave to the reader.
     *
     * @param offloads a combination of the OFFLOAD constants
     */
    public void setOffloads(int offloads) {
        int result = fd.ioctl(TUNSETOFFLOAD, (long) offloads);
        if (result < 0) {
            throw Errno.exception(
                    "cannot set the offloads of " + fd + " to 0x" + Integer.toHexString(offloads), -result);
        }
    }

    /** Lets the queue of a multi-queue interface take part, or not. */
    public void setAttached(boolean attached) {
        int flags = attached ? IFF_ATTACH_QUEUE : IFF_DETACH_QUEUE;
        request(fd, TUNSETQUEUE, "", flags, "cannot switch a queue of " + fd);
    }

    private static void request(FileDescriptor fd, long request, String name, int flags, String operation) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            MemorySegment ifreq = arena.allocate(IFREQ_BYTES, Long.BYTES);
            MemorySegment.copy(bytes, 0, ifreq, ValueLayout.JAVA_BYTE, 0, Math.min(bytes.length, MAXIMUM_NAME_BYTES));
            ifreq.set(ValueLayout.JAVA_SHORT, IFREQ_FLAGS_OFFSET, (short) flags);
            int result = fd.ioctl(request, ifreq);
            if (result < 0) {
                throw Errno.exception(operation, -result);
            }
        }
    }

    private static void setInteger(FileDescriptor fd, long request, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment argument = arena.allocate(ValueLayout.JAVA_INT);
            argument.set(ValueLayout.JAVA_INT, 0, value);
            int result = fd.ioctl(request, argument);
            if (result < 0) {
                throw Errno.exception("cannot set the header of " + fd + " to " + value, -result);
            }
        }
    }
}
