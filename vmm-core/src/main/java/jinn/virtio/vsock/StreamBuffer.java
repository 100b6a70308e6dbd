package jinn.virtio.vsock;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jinn.memory.IoVector;
import jinn.virtio.queue.DescriptorChain;

/** Keeps what a slow program has not read yet. Its memory is taken when it is needed first. */
final class StreamBuffer implements AutoCloseable {

    private final int capacity;
    private Arena arena;
    private MemorySegment memory = MemorySegment.NULL;
    private int start;
    private int length;

    /**
     * Makes an empty buffer.
     *
     * @param capacity in bytes
     */
    StreamBuffer(int capacity) {
        this.capacity = capacity;
    }

    int length() {
        return length;
    }

    /** Takes the next bytes of the readable part of a chain; there must be room. */
    @SuppressWarnings("MustBeClosedChecker") // close() closes the arena
    void append(DescriptorChain chain, int bytes) {
        if (arena == null) {
            arena = Arena.ofConfined();
            memory = arena.allocate(capacity);
        }
        int end = (start + length) % capacity;
        int first = Math.min(bytes, capacity - end);
        chain.read(memory, end, first);
        chain.read(memory, 0, bytes - first);
        length += bytes;
    }

    /** Adds all of the content to a list. */
    void addTo(IoVector pieces) {
        int first = Math.min(length, capacity - start);
        if (first > 0) {
            pieces.add(memory, start, first);
        }
        if (length > first) {
            pieces.add(memory, 0, length - first);
        }
    }

    /** Forgets the first bytes. */
    void remove(int bytes) {
        start = (start + bytes) % capacity;
        length -= bytes;
    }

    @Override
    public void close() {
        if (arena != null) {
            arena.close();
            arena = null;
        }
        memory = MemorySegment.NULL;
        length = 0;
    }
}
