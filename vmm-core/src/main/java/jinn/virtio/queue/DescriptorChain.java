package jinn.virtio.queue;

import java.lang.foreign.MemorySegment;
import jinn.error.GuestFaultException;
import jinn.memory.GuestMemory;
import jinn.memory.GuestWindow;
import jinn.memory.IoVector;

/**
 * One request of the driver: buffers to read, then buffers to write (virtio 1.2 section 2.7.4).
 *
 * <p>Made once by {@link VirtQueue#newChain} and filled anew by each {@link VirtQueue#pop}. Filling reads every
 * descriptor exactly once and checks the copy: order, length, range and the number of descriptors. So the guest cannot
 * change a chain any more once it is here, only the content of its buffers. Owned by the queue's thread.
 */
public final class DescriptorChain {

    private static final long MAXIMUM_TOTAL_BYTES = 0xffff_ffffL;

    private final GuestMemory memory;
    private final long[] addresses;
    private final long[] lengths;

    private int head;
    private int count;
    private int readableCount;
    private long readableBytes;
    private long writableBytes;

    private int readBuffer;
    private long readOffset;
    private long bytesRead;
    private int writeBuffer;
    private long writeOffset;
    private long bytesWritten;

    DescriptorChain(GuestMemory memory, int capacity) {
        this.memory = memory;
        this.addresses = new long[capacity];
        this.lengths = new long[capacity];
    }

    /** Returns how many bytes the driver gave to read, in all and not only what is left. */
    public long readableBytes() {
        return readableBytes;
    }

    /** Returns how many bytes the driver gave to write, in all and not only what is left. */
    public long writableBytes() {
        return writableBytes;
    }

    /** Returns how many bytes {@link #read} can still give. */
    public long readableLeft() {
        return readableBytes - bytesRead;
    }

    /** Returns how many bytes {@link #write} can still take. */
    public long writableLeft() {
        return writableBytes - bytesWritten;
    }

    /** Returns how many bytes were written; the used ring tells the driver this number. */
    public long bytesWritten() {
        return bytesWritten;
    }

    /**
     * Copies the next bytes of the readable part.
     *
     * @return how many: {@code length}, or fewer when the readable part ends
     */
    public int read(byte[] target, int offset, int length) {
        int copied = 0;
        while (copied < length && readBuffer < readableCount) {
            int step = (int) Math.min(length - copied, lengths[readBuffer] - readOffset);
            memory.copyFrom(addresses[readBuffer] + readOffset, target, offset + copied, step);
            copied += step;
            readOffset += step;
            if (readOffset == lengths[readBuffer]) {
                readBuffer++;
                readOffset = 0;
            }
        }
        bytesRead += copied;
        return copied;
    }

    /**
     * Copies bytes to the next place of the writable part.
     *
     * @return how many: {@code length}, or fewer when the writable part ends
     */
    public int write(byte[] source, int offset, int length) {
        int copied = 0;
        while (copied < length && writeBuffer < count) {
            int step = (int) Math.min(length - copied, lengths[writeBuffer] - writeOffset);
            memory.copyTo(addresses[writeBuffer] + writeOffset, source, offset + copied, step);
            copied += step;
            writeOffset += step;
            if (writeOffset == lengths[writeBuffer]) {
                writeBuffer++;
                writeOffset = 0;
            }
        }
        bytesWritten += copied;
        return copied;
    }

    /**
     * Copies the next bytes of the readable part to host memory.
     *
     * @return how many: {@code length}, or fewer when the readable part ends
     */
    public long read(MemorySegment target, long offset, long length) {
        long copied = 0;
        while (copied < length && readBuffer < readableCount) {
            long step = Math.min(length - copied, lengths[readBuffer] - readOffset);
            memory.copyFrom(addresses[readBuffer] + readOffset, target, offset + copied, step);
            copied += step;
            readOffset += step;
            if (readOffset == lengths[readBuffer]) {
                readBuffer++;
                readOffset = 0;
            }
        }
        bytesRead += copied;
        return copied;
    }

    /**
     * Goes on reading at another place of the readable part.
     *
     * @param offset bytes from its start, at most {@link #readableBytes}
     */
    public void seekReadable(long offset) {
        readBuffer = 0;
        readOffset = offset;
        while (readBuffer < readableCount && readOffset >= lengths[readBuffer]) {
            readOffset -= lengths[readBuffer];
            readBuffer++;
        }
        bytesRead = offset;
    }

    /**
     * Copies host memory to the next place of the writable part.
     *
     * @return how many bytes: {@code length}, or fewer when the writable part ends
     */
    public long write(MemorySegment source, long offset, long length) {
        long copied = 0;
        while (copied < length && writeBuffer < count) {
            long step = Math.min(length - copied, lengths[writeBuffer] - writeOffset);
            memory.copyTo(addresses[writeBuffer] + writeOffset, source, offset + copied, step);
            copied += step;
            writeOffset += step;
            if (writeOffset == lengths[writeBuffer]) {
                writeBuffer++;
                writeOffset = 0;
            }
        }
        bytesWritten += copied;
        return copied;
    }

    /**
     * Adds the next bytes of the readable part to a list, for the kernel to read them from guest memory, and goes on
     * behind them.
     *
     * @param length most bytes to add
     * @return how many: {@code length}, or fewer when the readable part ends or the list is full
     */
    public long readInto(IoVector vector, long length) {
        long added = 0;
        while (added < length && readBuffer < readableCount && !vector.isFull()) {
            long step = Math.min(length - added, lengths[readBuffer] - readOffset);
            memory.addTo(vector, addresses[readBuffer] + readOffset, step);
            added += step;
            readOffset += step;
            if (readOffset == lengths[readBuffer]) {
                readBuffer++;
                readOffset = 0;
            }
        }
        bytesRead += added;
        return added;
    }

    /**
     * Adds the next places of the writable part to a list, for the kernel to write to guest memory. They count as
     * written only with {@link #written}.
     *
     * @param length most bytes to add
     * @return how many: {@code length}, or fewer when the writable part ends or the list is full
     */
    public long writeFrom(IoVector vector, long length) {
        long added = 0;
        int buffer = writeBuffer;
        long offset = writeOffset;
        while (added < length && buffer < count && !vector.isFull()) {
            long step = Math.min(length - added, lengths[buffer] - offset);
            memory.addTo(vector, addresses[buffer] + offset, step);
            added += step;
            offset = 0;
            buffer++;
        }
        return added;
    }

    /**
     * Goes on behind bytes of the writable part, which somebody else has written.
     *
     * @param length how many, at most {@link #writableLeft}
     */
    public void written(long length) {
        long left = length;
        while (left > 0) {
            long step = Math.min(left, lengths[writeBuffer] - writeOffset);
            left -= step;
            writeOffset += step;
            if (writeOffset == lengths[writeBuffer]) {
                writeBuffer++;
                writeOffset = 0;
            }
        }
        bytesWritten += length;
    }

    /**
     * Writes the last byte of the writable part, wherever the device is in it; there must be one. It counts as written
     * only when all bytes before it are: the used ring tells how much the driver may trust, from the start (section
     * 2.7.8.2).
     */
    public void writeLast(int value) {
        memory.writeU8(addresses[count - 1] + lengths[count - 1] - 1, value);
        if (writableLeft() == 1) {
            written(1);
        }
    }

    int head() {
        return head;
    }

    int capacity() {
        return addresses.length;
    }

    /**
     * Fills this chain from the descriptor table.
     *
     * @param table the table
     * @param size number of descriptors in the table, and the most a chain may have
     * @param first index of the chain's first descriptor, already checked
     * @param indirectAllowed whether VIRTIO_F_INDIRECT_DESC was negotiated
     */
    void load(GuestWindow table, int size, int first, boolean indirectAllowed) {
        clear(first);
        int index = first;
        while (true) {
            long descriptor = (long) index * Descriptor.BYTES;
            long address = table.readU64(descriptor + Descriptor.ADDRESS);
            long rest = table.readU64(descriptor + Descriptor.REST);
            int flags = Descriptor.flags(rest);
            if ((flags & Descriptor.FLAG_INDIRECT) != 0) {
                checkIndirect(flags, Descriptor.length(rest), indirectAllowed);
                loadIndirect(address, Descriptor.length(rest), size);
                break;
            }
            append(address, Descriptor.length(rest), (flags & Descriptor.FLAG_WRITE) != 0, size);
            if ((flags & Descriptor.FLAG_NEXT) == 0) {
                break;
            }
            index = nextIndex(rest, size);
        }
        finish();
    }

    /** Goes on with an indirect table, which ends the chain. */
    private void loadIndirect(long table, long bytes, int limit) {
        memory.check(table, bytes);
        long size = bytes / Descriptor.BYTES;
        int index = 0;
        while (true) {
            long descriptor = table + (long) index * Descriptor.BYTES;
            long address = memory.readU64(descriptor + Descriptor.ADDRESS);
            long rest = memory.readU64(descriptor + Descriptor.REST);
            int flags = Descriptor.flags(rest);
            if ((flags & Descriptor.FLAG_INDIRECT) != 0) {
                checkIndirect(flags, Descriptor.length(rest), false);
            }
            append(address, Descriptor.length(rest), (flags & Descriptor.FLAG_WRITE) != 0, limit);
            if ((flags & Descriptor.FLAG_NEXT) == 0) {
                return;
            }
            index = nextIndex(rest, size);
        }
    }

    private int nextIndex(long rest, long size) {
        int next = Descriptor.next(rest);
        if (next >= size) {
            throw badNext(next, size);
        }
        return next;
    }

    private GuestFaultException badNext(int next, long size) {
        return fault("next descriptor " + next + " is outside its table of " + size);
    }

    private void clear(int first) {
        head = first;
        count = 0;
        readableCount = 0;
        readableBytes = 0;
        writableBytes = 0;
        readBuffer = 0;
        readOffset = 0;
        bytesRead = 0;
        writeBuffer = 0;
        writeOffset = 0;
        bytesWritten = 0;
    }

    /* Virtio 1.2 section 2.7.5.3: one level, the last of its chain, a whole number of descriptors. */
    private void checkIndirect(int flags, long length, boolean allowed) {
        if (!allowed) {
            throw fault("indirect descriptor where none may be");
        }
        if ((flags & Descriptor.FLAG_NEXT) != 0) {
            throw fault("indirect descriptor with a next descriptor");
        }
        if (length == 0 || length % Descriptor.BYTES != 0) {
            throw fault("indirect table of " + length + " bytes is not a whole number of descriptors");
        }
    }

    private void append(long address, long length, boolean writable, int limit) {
        int index = count;
        /* The bound also ends a loop: a chain that bites its tail becomes longer than the queue (section 2.7.5.3.1). */
        if (index == limit || length == 0 || (!writable && index > readableCount)) {
            throw badBuffer(length, limit);
        }
        memory.check(address, length);
        addresses[index] = address;
        lengths[index] = length;
        count = index + 1;
        if (writable) {
            writableBytes += length;
        } else {
            readableCount = index + 1;
            readableBytes += length;
        }
    }

    private GuestFaultException badBuffer(long length, int limit) {
        if (count == limit) {
            return fault("more than " + limit + " descriptors");
        }
        return fault("buffer " + count + (length == 0 ? " is empty" : " is readable after a writable one"));
    }

    /* No overflow: there are at most 32768 buffers of 32-bit lengths. */
    private void finish() {
        if (readableBytes + writableBytes > MAXIMUM_TOTAL_BYTES) {
            throw fault("more than " + MAXIMUM_TOTAL_BYTES + " bytes");
        }
        writeBuffer = readableCount;
    }

    private GuestFaultException fault(String reason) {
        return new GuestFaultException("descriptor chain " + head + ": " + reason);
    }
}
