package jinn.virtio.queue;

import java.lang.invoke.VarHandle;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import jinn.error.GuestFaultException;
import jinn.memory.GuestMemory;
import jinn.memory.GuestWindow;

/**
 * The device's side of one split virtqueue (virtio 1.2 section 2.7).
 *
 * <p>Everything the driver writes is hostile until checked: an index that cannot be, a chain that breaks a rule or an
 * address outside guest memory is a {@link GuestFaultException}, after which the queue must not be used until it is
 * enabled again. Taking requests and giving them back allocates nothing.
 *
 * <p>Owned by the thread of the device's executor; not thread-safe.
 */
public final class VirtQueue {

    private static final int INDEX_MASK = 0xffff;
    private static final int AVAIL_NO_INTERRUPT = 1;
    private static final int USED_NO_NOTIFY = 1;
    private static final QueueLayout NOWHERE = new QueueLayout(0, 0, 0, 0);

    private final int index;
    private final int maximumSize;
    private final GuestMemory memory;

    private QueueLayout layout = NOWHERE;
    private GuestWindow table = GuestWindow.EMPTY;
    private GuestWindow avail = GuestWindow.EMPTY;
    private GuestWindow used = GuestWindow.EMPTY;
    private boolean ready;
    private boolean indirectAllowed;
    private boolean eventIndex;
    private int nextAvail;
    private int nextUsed;
    private int publishedUsed;

    /** Written by the owning thread only, read by any. */
    private final AtomicLong requests = new AtomicLong();

    /**
     * Makes a queue that is not enabled.
     *
     * @param index its number in its device
     * @param maximumSize most descriptors the driver may choose, a power of two up to {@link QueueLayout#MAXIMUM_SIZE}
     */
    public VirtQueue(int index, int maximumSize, GuestMemory memory) {
        if (maximumSize < 1 || maximumSize > QueueLayout.MAXIMUM_SIZE || Integer.bitCount(maximumSize) != 1) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "queue %d: maximum size %d is not a power of two from 1 to %d",
                    index,
                    maximumSize,
                    QueueLayout.MAXIMUM_SIZE));
        }
        this.index = index;
        this.maximumSize = maximumSize;
        this.memory = memory;
    }

    /**
     * Starts the queue at index 0 of both rings.
     *
     * @param indirectAllowed whether VIRTIO_F_INDIRECT_DESC was negotiated
     * @param eventIndex whether VIRTIO_F_EVENT_IDX was negotiated
     * @throws GuestFaultException if the driver put the queue where it cannot be; the queue stays disabled
     */
    public void enable(QueueLayout layout, boolean indirectAllowed, boolean eventIndex) {
        disable();
        layout.check(memory, maximumSize);
        this.layout = layout;
        table = memory.window(layout.descriptorTable(), layout.descriptorTableBytes());
        avail = memory.window(layout.availRing(), layout.availRingBytes());
        used = memory.window(layout.usedRing(), layout.usedRingBytes());
        this.indirectAllowed = indirectAllowed;
        this.eventIndex = eventIndex;
        ready = true;
    }

    /** Stops the queue and forgets where it was. Guest memory is not touched any more. */
    public void disable() {
        ready = false;
        layout = NOWHERE;
        table = GuestWindow.EMPTY;
        avail = GuestWindow.EMPTY;
        used = GuestWindow.EMPTY;
        nextAvail = 0;
        nextUsed = 0;
        publishedUsed = 0;
    }

    /** Returns the queue's number in its device. */
    public int index() {
        return index;
    }

    /** Returns whether the queue is enabled. */
    public boolean isReady() {
        return ready;
    }

    /** Returns the number of descriptors the driver chose, 0 while the queue is not enabled. */
    public int size() {
        return layout.size();
    }

    /** Returns where the driver has put the queue; good while it is enabled. */
    public QueueLayout layout() {
        return layout;
    }

    /** Makes a chain for {@link #pop}, good for as long as the queue stays enabled. */
    public DescriptorChain newChain() {
        return new DescriptorChain(memory, layout.size());
    }

    /**
     * Takes the next request of the driver.
     *
     * @param chain is filled with it
     * @return whether there was one
     * @throws GuestFaultException if the driver broke a rule
     */
    public boolean pop(DescriptorChain chain) {
        if (!ready || availableCount() == 0) {
            return false;
        }
        int head = avail.readU16(layout.availElement(nextAvail));
        if (head >= layout.size()) {
            throw badHead(head);
        }
        if (chain.capacity() < layout.size()) {
            throw new IllegalArgumentException("queue " + index + ": the chain was made for a smaller queue");
        }
        chain.load(table, layout.size(), head, indirectAllowed);
        nextAvail = (nextAvail + 1) & INDEX_MASK;
        requests.setRelease(requests.getPlain() + 1);
        return true;
    }

    /** Returns how many requests {@link #pop} has given since the queue was made. Any thread. */
    public long requests() {
        return requests.get();
    }

    /* Acquire pairs with the driver's release of avail.idx: the ring elements and descriptors before it are visible. */
    private int availableCount() {
        int available = (avail.acquireU16(QueueLayout.RING_INDEX) - nextAvail) & INDEX_MASK;
        if (available > layout.size()) {
            throw badIndex(available);
        }
        return available;
    }

    private GuestFaultException badHead(int head) {
        return new GuestFaultException(String.format(
                Locale.ROOT, "queue %d: avail ring names descriptor %d of %d", index, head, layout.size()));
    }

    private GuestFaultException badIndex(int available) {
        return new GuestFaultException(String.format(
                Locale.ROOT, "queue %d: avail index is %d ahead in a queue of %d", index, available, layout.size()));
    }

    /** Puts a served request into the used ring; the driver does not see it before {@link #publish}. */
    public void addUsed(DescriptorChain chain) {
        used.writeU64(layout.usedElement(nextUsed), chain.head() | chain.bytesWritten() << Integer.SIZE);
        nextUsed = (nextUsed + 1) & INDEX_MASK;
    }

    /** Returns whether {@link #addUsed} has added something that the driver has not been shown. */
    public boolean hasUnpublished() {
        return ready && publishedUsed != nextUsed;
    }

    /**
     * Shows the driver all that {@link #addUsed} added since the last call.
     *
     * @return whether the driver wants an interrupt for it (virtio 1.2 section 2.7.7)
     */
    public boolean publish() {
        if (!hasUnpublished()) {
            return false;
        }
        int before = publishedUsed;
        /* Release pairs with the driver's acquire of used.idx: the elements before it are visible. */
        used.releaseU16(QueueLayout.RING_INDEX, nextUsed);
        publishedUsed = nextUsed;
        /* The driver writes used_event or flags, fences, and reads used.idx. Without this fence both sides could miss. */
        VarHandle.fullFence();
        if (!eventIndex) {
            return (avail.readU16(QueueLayout.RING_FLAGS) & AVAIL_NO_INTERRUPT) == 0;
        }
        int usedEvent = avail.readU16(layout.usedEvent());
        return ((nextUsed - usedEvent - 1) & INDEX_MASK) < ((nextUsed - before) & INDEX_MASK);
    }

    /** Asks the driver not to kick. A hint: kicks may still come. */
    public void disableNotifications() {
        /* With EVENT_IDX the stale avail_event does it, and flags must stay 0 (section 2.7.10). */
        if (ready && !eventIndex) {
            used.writeU16(QueueLayout.RING_FLAGS, USED_NO_NOTIFY);
        }
    }

    /**
     * Asks the driver to kick for the next request.
     *
     * @return whether requests came in the meantime: then there may be no kick for them, and the caller must look
     */
    public boolean enableNotifications() {
        if (!ready) {
            return false;
        }
        if (eventIndex) {
            used.writeU16(layout.availEvent(), nextAvail);
        } else {
            used.writeU16(QueueLayout.RING_FLAGS, 0);
        }
        /* The driver writes avail.idx, fences, and reads avail_event or flags. Without this fence both could miss. */
        VarHandle.fullFence();
        return availableCount() > 0;
    }

    /**
     * Serves what the driver has made available, at most as many requests as the queue has descriptors, so that a
     * driver that never stops adding cannot hold the thread. Kicks are suppressed meanwhile.
     *
     * @return whether the bound was met; kicks are then still suppressed and the caller must come back by itself
     */
    public boolean serve(DescriptorChain chain, ChainHandler handler) {
        if (!ready) {
            return false;
        }
        int left = layout.size();
        do {
            disableNotifications();
            while (left > 0 && pop(chain)) {
                handler.serve(chain);
                addUsed(chain);
                left--;
            }
        } while (left > 0 && enableNotifications());
        return left == 0;
    }
}
