package jinn.virtio.block;

/** Feature bits of the block device, as masks (virtio 1.2 section 5.2.3). */
final class BlockFeature {

    /** A request has a highest number of data buffers. */
    static final long SEG_MAX = 1L << 2;
    /** The device cannot be written. */
    static final long RO = 1L << 5;
    /** The block size is known. */
    static final long BLK_SIZE = 1L << 6;
    /** There is a cache that can be flushed. */
    static final long FLUSH = 1L << 9;
    /** The size and the place of physical blocks are known. */
    static final long TOPOLOGY = 1L << 10;
    /** The driver may choose between write-back and write-through. */
    static final long CONFIG_WCE = 1L << 11;
    /** There may be several queues. */
    static final long MQ = 1L << 12;
    /** Ranges can be discarded. */
    static final long DISCARD = 1L << 13;
    /** Ranges can be set to zeroes. */
    static final long WRITE_ZEROES = 1L << 14;

    private BlockFeature() {}

    /** Returns what the device offers for a disk. */
    static long offeredFor(Disk disk, int queues) {
        long always = SEG_MAX | BLK_SIZE | FLUSH | TOPOLOGY | CONFIG_WCE;
        return always | (queues > 1 ? MQ : 0) | (disk.isReadOnly() ? RO : DISCARD | WRITE_ZEROES);
    }
}
