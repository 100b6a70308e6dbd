package jinn.virtio.block;

import jinn.memory.IoVector;

/**
 * What holds a block device's data.
 *
 * <p>Offsets and lengths are in bytes, multiples of 512, and inside of {@link #bytes}. An operation that fails says so by
 * its result; the disk itself tells the user why. Several threads may call at once.
 */
public interface Disk {

    /** Returns the size in bytes, a multiple of 512. It does not change. */
    long bytes();

    /** Returns whether nothing can be written. */
    boolean isReadOnly();

    /** Returns the smallest unit that the disk likes to be read and written in: a power of two from 512 on. */
    int logicalBlockBytes();

    /** Returns the unit that is written without reading first: a power of two, at least {@link #logicalBlockBytes}. */
    int physicalBlockBytes();

    /**
     * Reads from the disk into all of the list's memory.
     *
     * @param target is used up
     * @return how many bytes, from its start; fewer than it has only after a failure
     */
    long read(IoVector target, long offset);

    /**
     * Writes all of the list's memory to the disk.
     *
     * @param source is used up
     * @return how many bytes, from its start; fewer than it has only after a failure
     */
    long write(IoVector source, long offset);

    /** Makes all that was written survive a loss of power; returns whether it does. */
    boolean flush();

    /** Hears that the range's data are not needed any more; returns whether the disk is in order. */
    boolean discard(long offset, long bytes);

    /**
     * Lets the range read as zeroes; returns whether it does.
     *
     * @param mayDeallocate whether the range may lose its space, so that writing it again can fail for lack of space
     */
    boolean writeZeroes(long offset, long bytes, boolean mayDeallocate);
}
