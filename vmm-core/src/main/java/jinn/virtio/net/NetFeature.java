package jinn.virtio.net;

/** Feature bits of the network device, as masks (virtio 1.2 section 5.1.3). */
public final class NetFeature {

    /** The device takes frames whose checksum is not complete. */
    public static final long CSUM = 1L;
    /** The driver takes frames whose checksum is not complete. */
    public static final long GUEST_CSUM = 1L << 1;
    /** The device tells the largest frame. */
    public static final long MTU = 1L << 3;
    /** The device has an address. */
    public static final long MAC = 1L << 5;
    /** The driver takes TCP segments of IPv4 longer than a frame. */
    public static final long GUEST_TSO4 = 1L << 7;
    /** The driver takes TCP segments of IPv6 longer than a frame. */
    public static final long GUEST_TSO6 = 1L << 8;
    /** The device takes TCP segments of IPv4 longer than a frame. */
    public static final long HOST_TSO4 = 1L << 11;
    /** The device takes TCP segments of IPv6 longer than a frame. */
    public static final long HOST_TSO6 = 1L << 12;
    /** A received frame may be spread over several buffers. */
    public static final long MRG_RXBUF = 1L << 15;
    /** The device tells whether the link is up. */
    public static final long STATUS = 1L << 16;
    /** There is a control queue. */
    public static final long CTRL_VQ = 1L << 17;
    /** There are several pairs of queues. */
    public static final long MQ = 1L << 22;

    /** What a backend has to be able to do itself. */
    public static final long OFFLOADS = CSUM | GUEST_CSUM | GUEST_TSO4 | GUEST_TSO6 | HOST_TSO4 | HOST_TSO6;

    private NetFeature() {}
}
