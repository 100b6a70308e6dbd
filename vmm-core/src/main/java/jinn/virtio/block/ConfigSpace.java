package jinn.virtio.block;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The block device's configuration space (virtio 1.2 section 5.2.4, {@code struct virtio_blk_config}). All of it is
 * fixed but the choice between write-back and write-through. Safe from any thread.
 */
final class ConfigSpace {

    /** Unit of the capacity and of sector numbers, whatever the block size is. */
    static final int SECTOR_BYTES = 512;

    /** log2 of {@link #SECTOR_BYTES}. */
    static final int SECTOR_SHIFT = 9;

    /** Most ranges in one request to discard or to zero: a page of them is far more than Linux sends. */
    static final int MAXIMUM_RANGES = 64;

    /** Most sectors in one range, 1 GiB: the thread that serves it is held up no longer than by other requests. */
    static final int MAXIMUM_RANGE_SECTORS = 1 << 21;

    private static final int CAPACITY = 0;
    private static final int SEG_MAX = 12;
    private static final int BLK_SIZE = 20;
    private static final int PHYSICAL_BLOCK_EXP = 24;
    private static final int MIN_IO_SIZE = 26;
    private static final int WRITEBACK = 32;
    private static final int NUM_QUEUES = 34;
    private static final int MAX_DISCARD_SECTORS = 36;
    private static final int MAX_DISCARD_SEG = 40;
    private static final int DISCARD_SECTOR_ALIGNMENT = 44;
    private static final int MAX_WRITE_ZEROES_SECTORS = 48;
    private static final int MAX_WRITE_ZEROES_SEG = 52;
    private static final int WRITE_ZEROES_MAY_UNMAP = 56;
    private static final int BYTES = 60;

    private final byte[] fixed = new byte[BYTES];
    private volatile boolean writeBack = true;

    /**
     * Describes a disk.
     *
     * @param maximumSegments most data buffers in a request
     */
    ConfigSpace(Disk disk, int queues, int maximumSegments) {
        int blocks = disk.physicalBlockBytes() / disk.logicalBlockBytes();
        ByteBuffer fields = ByteBuffer.wrap(fixed).order(ByteOrder.LITTLE_ENDIAN);
        fields.putLong(CAPACITY, disk.bytes() >>> SECTOR_SHIFT);
        fields.putInt(SEG_MAX, maximumSegments);
        fields.putInt(BLK_SIZE, disk.logicalBlockBytes());
        fields.put(PHYSICAL_BLOCK_EXP, (byte) Integer.numberOfTrailingZeros(blocks));
        fields.putShort(MIN_IO_SIZE, (short) blocks);
        fields.putShort(NUM_QUEUES, (short) queues);
        if (disk.isReadOnly()) {
            return;
        }
        fields.putInt(MAX_DISCARD_SECTORS, MAXIMUM_RANGE_SECTORS);
        fields.putInt(MAX_DISCARD_SEG, MAXIMUM_RANGES);
        fields.putInt(DISCARD_SECTOR_ALIGNMENT, disk.physicalBlockBytes() >>> SECTOR_SHIFT);
        fields.putInt(MAX_WRITE_ZEROES_SECTORS, MAXIMUM_RANGE_SECTORS);
        fields.putInt(MAX_WRITE_ZEROES_SEG, MAXIMUM_RANGES);
        fields.put(WRITE_ZEROES_MAY_UNMAP, (byte) 1);
    }

    long read(int offset, int size) {
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = value << Byte.SIZE | byteAt(offset + i);
        }
        return value;
    }

    private int byteAt(int offset) {
        if (offset == WRITEBACK) {
            return writeBack ? 1 : 0;
        }
        return offset < BYTES ? Byte.toUnsignedInt(fixed[offset]) : 0;
    }

    void write(int offset, int size, long value) {
        if (offset == WRITEBACK && size == 1) {
            writeBack = value != 0;
        }
    }

    boolean isWriteBack() {
        return writeBack;
    }

    void setWriteBack(boolean value) {
        writeBack = value;
    }
}
