package jinn.virtio;

/** Feature bits that belong to the queues and the transport, as masks (virtio 1.2 section 6). */
public final class Feature {

    /** VIRTIO_F_INDIRECT_DESC: a descriptor may point to a table of descriptors. */
    public static final long INDIRECT_DESC = 1L << 28;
    /** VIRTIO_F_EVENT_IDX: both sides name the index at which they want to be told. */
    public static final long EVENT_IDX = 1L << 29;
    /** VIRTIO_F_VERSION_1: not a legacy device. The driver must accept it. */
    public static final long VERSION_1 = 1L << 32;
    /** VIRTIO_F_ACCESS_PLATFORM: the platform limits what memory the device reaches; the driver asks it. */
    public static final long ACCESS_PLATFORM = 1L << 33;

    private Feature() {}
}
