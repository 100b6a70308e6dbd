package jinn.virtio.block;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jinn.error.GuestFaultException;
import jinn.memory.IoVector;
import jinn.virtio.DeviceContext;
import jinn.virtio.queue.ChainHandler;
import jinn.virtio.queue.DescriptorChain;
import jinn.virtio.queue.VirtQueue;

/**
 * Serves one queue of a block device (virtio 1.2 section 5.2.6), each request to its end before the next. Owned by the
 * queue's thread.
 */
final class RequestQueue implements ChainHandler {

    /** {@code struct virtio_blk_req}: type, 32 bits; reserved, 32 bits; sector, 64 bits. */
    private static final int HEADER_BYTES = 16;

    private static final int HEADER_SECTOR = 8;

    /** {@code struct virtio_blk_discard_write_zeroes}: sector, 64 bits; number of sectors, 32 bits; flags, 32 bits. */
    private static final int RANGE_BYTES = 16;

    private static final int RANGE_SECTORS = 8;
    private static final int RANGE_FLAGS = 12;
    private static final int RANGE_FLAG_UNMAP = 1;

    /** The driver hears of what is done at the latest after this much data, even if more requests wait. */
    private static final long SHOW_AFTER_BYTES = 256 << 10;

    private static final VarHandle U32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private final int index;
    private final Disk disk;
    private final ConfigSpace config;
    private final byte[] id;
    private final long sectors;
    private final byte[] header = new byte[HEADER_BYTES];
    private final byte[] ranges = new byte[RANGE_BYTES * ConfigSpace.MAXIMUM_RANGES];
    private final IoVector vector;

    private DeviceContext context;
    private VirtQueue queue;
    private DescriptorChain chain;
    private boolean discards;
    private boolean writesZeroes;
    private long unshownBytes;

    RequestQueue(int index, Disk disk, ConfigSpace config, byte[] id, int maximumSize) {
        this.index = index;
        this.disk = disk;
        this.config = config;
        this.id = id;
        this.sectors = disk.bytes() >>> ConfigSpace.SECTOR_SHIFT;
        this.vector = new IoVector(maximumSize, Arena.ofAuto());
    }

    void activate(DeviceContext newContext) {
        context = newContext;
        queue = newContext.queue(index);
        chain = queue.newChain();
        discards = newContext.hasFeature(BlockFeature.DISCARD);
        writesZeroes = newContext.hasFeature(BlockFeature.WRITE_ZEROES);
        unshownBytes = 0;
    }

    void reset() {
        context = null;
        queue = null;
        chain = null;
    }

    /** Serves all requests that are there, and shows them to the driver together. */
    void serve() {
        boolean more = queue.serve(chain, this);
        show();
        if (more) {
            context.notifyLater(index);
        }
    }

    private void show() {
        context.complete(queue);
        unshownBytes = 0;
    }

    @Override
    public void serve(DescriptorChain request) {
        if (unshownBytes >= SHOW_AFTER_BYTES) {
            show();
        }
        if (request.readableBytes() < HEADER_BYTES) {
            throw new GuestFaultException("block request has a header of " + request.readableBytes() + " bytes");
        }
        if (request.writableBytes() == 0) {
            throw new GuestFaultException("block request has no place for its status");
        }
        request.read(header, 0, HEADER_BYTES);
        request.writeLast(execute(request, (int) U32.get(header, 0), (long) U64.get(header, HEADER_SECTOR)));
    }

    private int execute(DescriptorChain request, int type, long sector) {
        return switch (type) {
            case RequestType.IN -> read(request, sector);
            case RequestType.OUT -> write(request, sector);
            case RequestType.FLUSH -> RequestStatus.of(disk.flush());
            case RequestType.GET_ID -> identify(request);
            case RequestType.DISCARD -> discard(request);
            case RequestType.WRITE_ZEROES -> writeZeroes(request);
            default -> RequestStatus.UNSUPP;
        };
    }

    private int read(DescriptorChain request, long sector) {
        long left = request.writableBytes() - 1;
        if (!isOnDisk(sector, left)) {
            return RequestStatus.IOERR;
        }
        unshownBytes += left;
        long offset = sector << ConfigSpace.SECTOR_SHIFT;
        while (left > 0) {
            vector.clear();
            long part = request.writeFrom(vector, left);
            long done = disk.read(vector, offset);
            request.written(done);
            if (done < part) {
                return RequestStatus.IOERR;
            }
            offset += part;
            left -= part;
        }
        return RequestStatus.OK;
    }

    private int write(DescriptorChain request, long sector) {
        long left = request.readableLeft();
        if (disk.isReadOnly() || !isOnDisk(sector, left)) {
            return RequestStatus.IOERR;
        }
        unshownBytes += left;
        long offset = sector << ConfigSpace.SECTOR_SHIFT;
        while (left > 0) {
            vector.clear();
            long part = request.readInto(vector, left);
            if (disk.write(vector, offset) < part) {
                return RequestStatus.IOERR;
            }
            offset += part;
            left -= part;
        }
        return RequestStatus.of(isSafe());
    }

    /** Flushes if the driver counts on it that a write that has ended is safe. */
    private boolean isSafe() {
        return config.isWriteBack() || disk.flush();
    }

    private int identify(DescriptorChain request) {
        request.write(id, 0, (int) Math.min(id.length, request.writableBytes() - 1));
        return RequestStatus.OK;
    }

    private int discard(DescriptorChain request) {
        int bytes = readRanges(request);
        int status = checkRanges(bytes, discards, 0);
        for (int range = 0; range < bytes && status == RequestStatus.OK; range += RANGE_BYTES) {
            status = RequestStatus.of(bytesOf(range) == 0 || disk.discard(offsetOf(range), bytesOf(range)));
        }
        return status;
    }

    private int writeZeroes(DescriptorChain request) {
        int bytes = readRanges(request);
        int status = checkRanges(bytes, writesZeroes, RANGE_FLAG_UNMAP);
        for (int range = 0; range < bytes && status == RequestStatus.OK; range += RANGE_BYTES) {
            status = RequestStatus.of(
                    bytesOf(range) == 0 || disk.writeZeroes(offsetOf(range), bytesOf(range), flagsOf(range) != 0));
        }
        return status == RequestStatus.OK ? RequestStatus.of(isSafe()) : status;
    }

    /** Returns how many bytes of ranges there are, 0 if that cannot be. */
    private int readRanges(DescriptorChain request) {
        long bytes = request.readableLeft();
        return bytes <= ranges.length && bytes % RANGE_BYTES == 0 ? request.read(ranges, 0, (int) bytes) : 0;
    }

    /** Checks all ranges before the first is touched. */
    private int checkRanges(int bytes, boolean negotiated, int knownFlags) {
        if (disk.isReadOnly()) {
            return RequestStatus.IOERR;
        }
        if (!negotiated) {
            return RequestStatus.UNSUPP;
        }
        for (int range = 0; range < bytes; range += RANGE_BYTES) {
            if ((flagsOf(range) & ~knownFlags) != 0) {
                return RequestStatus.UNSUPP;
            }
            if (bytesOf(range) > (long) ConfigSpace.MAXIMUM_RANGE_SECTORS << ConfigSpace.SECTOR_SHIFT
                    || !isOnDisk(sectorOf(range), bytesOf(range))) {
                return RequestStatus.IOERR;
            }
        }
        return bytes == 0 ? RequestStatus.IOERR : RequestStatus.OK;
    }

    private long sectorOf(int range) {
        return (long) U64.get(ranges, range);
    }

    private long offsetOf(int range) {
        return sectorOf(range) << ConfigSpace.SECTOR_SHIFT;
    }

    private long bytesOf(int range) {
        return Integer.toUnsignedLong((int) U32.get(ranges, range + RANGE_SECTORS)) << ConfigSpace.SECTOR_SHIFT;
    }

    private int flagsOf(int range) {
        return (int) U32.get(ranges, range + RANGE_FLAGS);
    }

    /** Any two 64-bit values; nothing overflows, since the sector is compared before anything is added to it. */
    private boolean isOnDisk(long sector, long bytes) {
        return bytes % ConfigSpace.SECTOR_BYTES == 0
                && Long.compareUnsigned(sector, sectors) <= 0
                && bytes >>> ConfigSpace.SECTOR_SHIFT <= sectors - sector;
    }
}
