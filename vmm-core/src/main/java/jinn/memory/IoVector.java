package jinn.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * A list of pieces of host memory as {@code readv(2)} and {@code writev(2)} take it, so that data goes between guest
 * memory and a file without a copy in between.
 *
 * <p>Its own memory is made once and filled anew for each transfer: that allocates nothing. The pieces belong to the
 * guest, which may change them at any time. Owned by one thread.
 */
public final class IoVector {

    /** Size of {@code struct iovec}: the host-virtual address and the length in bytes, 64 bits each. */
    public static final int ELEMENT_BYTES = 16;

    private static final int LENGTH_OFFSET = 8;

    private final MemorySegment elements;
    private final int capacity;
    private int limit;
    private int count;
    private long bytes;

    /**
     * Makes an empty list.
     *
     * @param capacity most pieces it can have; the kernel takes 1024 at once (IOV_MAX)
     * @param arena owns the list's memory
     */
    public IoVector(int capacity, Arena arena) {
        this.capacity = capacity;
        this.limit = capacity;
        this.elements = arena.allocate((long) ELEMENT_BYTES * capacity, Long.BYTES);
    }

    /** Forgets all pieces. */
    public void clear() {
        count = 0;
        bytes = 0;
    }

    /**
     * Keeps places free for pieces that have to come last.
     *
     * @param pieces how many {@link #isFull} counts as taken, less than the capacity
     */
    public void reserve(int pieces) {
        limit = capacity - pieces;
    }

    /** Returns whether there is no place for a piece but the reserved ones. */
    public boolean isFull() {
        return count >= limit;
    }

    /** Returns how many pieces there are. */
    public int count() {
        return count;
    }

    /** Returns how many bytes the pieces have together. */
    public long bytes() {
        return bytes;
    }

    /** Returns the array of {@code struct iovec}; its first {@link #count} elements are good until the next change. */
    public MemorySegment elements() {
        return elements;
    }

    /**
     * Adds a piece of memory that stays mapped as long as this list is used.
     *
     * @throws IndexOutOfBoundsException if even the reserved places are taken
     */
    public void add(MemorySegment piece) {
        add(piece.address(), piece.byteSize());
    }

    /**
     * Adds a part of memory that stays mapped as long as this list is used. Allocates nothing, unlike a slice.
     *
     * @throws IndexOutOfBoundsException if the part is not inside, or the list is full
     */
    public void add(MemorySegment memory, long offset, long length) {
        Objects.checkFromIndexSize(offset, length, memory.byteSize());
        add(memory.address() + offset, length);
    }

    /** Adds a piece by its host-virtual address, for {@link GuestMemory}, which has checked it. */
    void add(long address, long length) {
        long element = (long) ELEMENT_BYTES * count;
        elements.set(ValueLayout.JAVA_LONG, element, address);
        elements.set(ValueLayout.JAVA_LONG, element + LENGTH_OFFSET, length);
        count++;
        bytes += length;
    }

    /**
     * Takes bytes away from the front, as after a transfer that was cut short.
     *
     * @param done how many, at most {@link #bytes}
     */
    public void advance(long done) {
        long left = done;
        int first = 0;
        while (first < count && left >= lengthOf(first)) {
            left -= lengthOf(first);
            first++;
        }
        MemorySegment.copy(elements, (long) ELEMENT_BYTES * first, elements, 0, (long) ELEMENT_BYTES * (count - first));
        count -= first;
        bytes -= done;
        if (left > 0) {
            elements.set(ValueLayout.JAVA_LONG, 0, elements.get(ValueLayout.JAVA_LONG, 0) + left);
            elements.set(ValueLayout.JAVA_LONG, LENGTH_OFFSET, lengthOf(0) - left);
        }
    }

    /** Adds a piece in front of the others. It may take a reserved place. */
    public void prepend(MemorySegment piece) {
        MemorySegment.copy(elements, 0, elements, ELEMENT_BYTES, (long) ELEMENT_BYTES * count);
        elements.set(ValueLayout.JAVA_LONG, 0, piece.address());
        elements.set(ValueLayout.JAVA_LONG, LENGTH_OFFSET, piece.byteSize());
        count++;
        bytes += piece.byteSize();
    }

    private long lengthOf(int element) {
        return elements.get(ValueLayout.JAVA_LONG, (long) ELEMENT_BYTES * element + LENGTH_OFFSET);
    }
}
