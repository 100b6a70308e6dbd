package jinn.testing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import jinn.memory.GuestMemory;
import jinn.virtio.queue.QueueLayout;

/**
 * The driver's side of one split virtqueue, written to real memory by virtio 1.2 section 2.7. Knows nothing of the
 * device's code but the layout it hands over.
 */
public final class FakeDriver {

    /** Descriptor flag: the chain goes on. */
    public static final int NEXT = 1;
    /** Descriptor flag: the device writes. */
    public static final int WRITE = 2;
    /** Descriptor flag: a table of descriptors. */
    public static final int INDIRECT = 4;

    private static final int DESCRIPTOR_BYTES = 16;
    private static final int INDEX_MASK = 0xffff;

    /** A buffer of a request. */
    public record Buffer(long address, int length, boolean writable) {

        /** A buffer for the device to read. */
        public static Buffer readable(long address, int length) {
            return new Buffer(address, length, false);
        }

        /** A buffer for the device to write. */
        public static Buffer writable(long address, int length) {
            return new Buffer(address, length, true);
        }
    }

    /** An element of the used ring. */
    public record Used(int head, long length) {}

    private final GuestMemory memory;
    private final QueueLayout layout;
    private final Deque<Integer> free = new ArrayDeque<>();
    private final int[] next;
    private int availIndex;
    private int usedIndex;

    /**
     * Lays a queue out from an address on: table, avail ring, used ring.
     *
     * @param base multiple of 16; the queue takes up to {@link #bytes} from there
     */
    public FakeDriver(GuestMemory memory, long base, int size) {
        this.memory = memory;
        long avail = base + (long) DESCRIPTOR_BYTES * size;
        long used = (avail + 6 + 2L * size + 3) & ~3L;
        this.layout = new QueueLayout(size, base, avail, used);
        this.next = new int[size];
        for (int i = 0; i < size; i++) {
            free.add(i);
        }
    }

    /** Returns how many bytes a queue needs. */
    public static long bytes(int size) {
        return (long) DESCRIPTOR_BYTES * size + 6 + 2L * size + 3 + 6 + 8L * size;
    }

    /** Returns where the queue is. */
    public QueueLayout layout() {
        return layout;
    }

    /** Makes a request of direct descriptors available and returns its head. */
    public int add(Buffer... buffers) {
        int[] slots = new int[buffers.length];
        for (int i = 0; i < buffers.length; i++) {
            slots[i] = free.remove();
        }
        for (int i = 0; i < buffers.length; i++) {
            boolean last = i == buffers.length - 1;
            int flags = (last ? 0 : NEXT) | (buffers[i].writable() ? WRITE : 0);
            next[slots[i]] = last ? -1 : slots[i + 1];
            describe(slots[i], buffers[i].address(), buffers[i].length(), flags, last ? 0 : slots[i + 1]);
        }
        offer(slots[0]);
        return slots[0];
    }

    /** Makes a request of one indirect descriptor available, its table at {@code table}, and returns its head. */
    public int addIndirect(long table, Buffer... buffers) {
        for (int i = 0; i < buffers.length; i++) {
            boolean last = i == buffers.length - 1;
            int flags = (last ? 0 : NEXT) | (buffers[i].writable() ? WRITE : 0);
            describeAt(table + (long) i * DESCRIPTOR_BYTES, buffers[i].address(), buffers[i].length(), flags, i + 1);
        }
        int slot = free.remove();
        next[slot] = -1;
        describe(slot, table, buffers.length * DESCRIPTOR_BYTES, INDIRECT, 0);
        offer(slot);
        return slot;
    }

    /** Writes one descriptor of the table as it is told, right or wrong. */
    public void describe(int slot, long address, int length, int flags, int nextSlot) {
        describeAt(layout.descriptorTable() + (long) slot * DESCRIPTOR_BYTES, address, length, flags, nextSlot);
    }

    /** Writes one descriptor anywhere as it is told, right or wrong. */
    public void describeAt(long descriptor, long address, int length, int flags, int nextSlot) {
        memory.writeU64(descriptor, address);
        memory.writeU32(descriptor + 8, length);
        memory.writeU16(descriptor + 12, flags);
        memory.writeU16(descriptor + 14, nextSlot);
    }

    /** Puts a descriptor index into the avail ring and shows it. */
    public void offer(int head) {
        memory.writeU16(layout.availRing() + 4 + 2L * (availIndex % layout.size()), head);
        availIndex = (availIndex + 1) & INDEX_MASK;
        setAvailIndex(availIndex);
    }

    /** Writes avail.idx as it is told, right or wrong. */
    public void setAvailIndex(int value) {
        memory.releaseU16(layout.availRing() + 2, value);
    }

    /** Takes the next element of the used ring, if there is one, and frees its descriptors. */
    public Optional<Used> takeUsed() {
        if (memory.acquireU16(layout.usedRing() + 2) == usedIndex) {
            return Optional.empty();
        }
        long element = layout.usedRing() + 4 + 8L * (usedIndex % layout.size());
        Used used = new Used((int) memory.readU32(element), memory.readU32(element + 4));
        usedIndex = (usedIndex + 1) & INDEX_MASK;
        for (int slot = used.head(); slot >= 0; slot = next[slot]) {
            free.add(slot);
        }
        return Optional.of(used);
    }

    /** Returns used.idx. */
    public int usedIndex() {
        return memory.acquireU16(layout.usedRing() + 2);
    }

    /** Sets the avail ring's flag that asks for no interrupts. Without EVENT_IDX. */
    public void setNoInterrupt(boolean none) {
        memory.writeU16(layout.availRing(), none ? 1 : 0);
    }

    /** Returns whether the used ring's flag asks for no kicks. Without EVENT_IDX. */
    public boolean kicksUnwanted() {
        return memory.readU16(layout.usedRing()) == 1;
    }

    /** Writes used_event: an interrupt is wanted once this used index is passed. With EVENT_IDX. */
    public void setUsedEvent(int index) {
        memory.writeU16(layout.availRing() + 4 + 2L * layout.size(), index);
    }

    /** Returns avail_event: a kick is wanted once this avail index is passed. With EVENT_IDX. */
    public int availEvent() {
        return memory.readU16(layout.usedRing() + 4 + 8L * layout.size());
    }
}
