package jinn.testing;

import jinn.memory.IoVector;
import jinn.virtio.block.Disk;

/** A disk that does what another one does until it is told to fail, and counts the flushes. */
public final class FakeDisk implements Disk {

    private final Disk disk;
    private boolean failing;
    private int flushes;

    /** Makes a disk that does what {@code disk} does. */
    public FakeDisk(Disk disk) {
        this.disk = disk;
    }

    /** Lets every operation fail from now on; transfers do so after their first half. */
    public void fail() {
        failing = true;
    }

    /** Returns how many flushes there were. */
    public int flushes() {
        return flushes;
    }

    @Override
    public long bytes() {
        return disk.bytes();
    }

    @Override
    public boolean isReadOnly() {
        return disk.isReadOnly();
    }

    @Override
    public int logicalBlockBytes() {
        return disk.logicalBlockBytes();
    }

    @Override
    public int physicalBlockBytes() {
        return disk.physicalBlockBytes();
    }

    @Override
    public long read(IoVector target, long offset) {
        long done = disk.read(target, offset);
        return failing ? done / 2 : done;
    }

    @Override
    public long write(IoVector source, long offset) {
        long done = disk.write(source, offset);
        return failing ? done / 2 : done;
    }

    @Override
    public boolean flush() {
        flushes++;
        return !failing && disk.flush();
    }

    @Override
    public boolean discard(long offset, long bytes) {
        return !failing && disk.discard(offset, bytes);
    }

    @Override
    public boolean writeZeroes(long offset, long bytes, boolean mayDeallocate) {
        return !failing && disk.writeZeroes(offset, bytes, mayDeallocate);
    }
}
