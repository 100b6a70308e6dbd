package jinn.virtio.queue;

/** The shape of one descriptor in guest memory (virtio 1.2 section 2.7.5, {@code struct virtq_desc}). */
final class Descriptor {

    /** Size of a descriptor. */
    static final int BYTES = 16;

    /** Offset of the buffer's guest-physical address, 64 bits. */
    static final int ADDRESS = 0;
    /** Offset of the rest, 64 bits: length, 32 bits; flags, 16 bits; index of the next descriptor, 16 bits. */
    static final int REST = 8;

    /** The chain goes on at {@link #next}. */
    static final int FLAG_NEXT = 1;
    /** The buffer is for the device to write; otherwise to read. */
    static final int FLAG_WRITE = 2;
    /** The buffer is a table of descriptors. */
    static final int FLAG_INDIRECT = 4;

    private Descriptor() {}

    /** Returns the buffer's length in bytes. */
    static long length(long rest) {
        return rest & 0xffff_ffffL;
    }

    /** Returns the flags. */
    static int flags(long rest) {
        return (int) (rest >>> 32) & 0xffff;
    }

    /** Returns the next descriptor's index in the same table. */
    static int next(long rest) {
        return (int) (rest >>> 48);
    }
}
