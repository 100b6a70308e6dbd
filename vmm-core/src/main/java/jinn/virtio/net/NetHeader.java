package jinn.virtio.net;

/** The shape of {@code struct virtio_net_hdr} with {@code num_buffers} (virtio 1.2 section 5.1.6). */
public final class NetHeader {

    /** Size of the header, which VERSION_1 makes the same with and without mergeable buffers. */
    public static final int BYTES = 12;

    /** Offset of the number of buffers that a received frame takes, 16 bits. */
    static final int BUFFERS_OFFSET = 10;

    private NetHeader() {}
}
