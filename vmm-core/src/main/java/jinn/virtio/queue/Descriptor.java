package jinn.virtio.queue;

/** The shape of one descriptor in guest memory (virtio 1.2 section 2.7.5, {@code struct virtq_desc}). */
final class Descriptor {

    /** Size of a descriptor. */
    static final int BYTES = 16;

    /** Offset of the buffer's guest-physical address, 64 bits. */
    static final int ADDRESS = 0;
    /** Offset of the buffer's length in bytes, 32 bits. */
    static final int LENGTH = 8;
    /** Offset of the flags, 16 bits. */
    static final int FLAGS = 12;
    /** Offset of the next descriptor's index in the same table, 16 bits. */
    static final int NEXT = 14;

    /** The chain goes on at {@link #NEXT}. */
    static final int FLAG_NEXT = 1;
    /** The buffer is for the device to write; otherwise to read. */
    static final int FLAG_WRITE = 2;
    /** The buffer is a table of descriptors. */
    static final int FLAG_INDIRECT = 4;

    private Descriptor() {}
}
