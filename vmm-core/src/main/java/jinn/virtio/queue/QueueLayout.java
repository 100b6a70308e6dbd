package jinn.virtio.queue;

import java.util.Locale;
import jinn.error.GuestFaultException;
import jinn.memory.GuestMemory;

/**
 * Where a driver has put a split virtqueue (virtio 1.2 section 2.7).
 *
 * @param size number of descriptors, a power of two up to {@link #MAXIMUM_SIZE}
 * @param descriptorTable guest-physical address, a multiple of 16
 * @param availRing guest-physical address of the driver area, a multiple of 2
 * @param usedRing guest-physical address of the device area, a multiple of 4
 */
public record QueueLayout(int size, long descriptorTable, long availRing, long usedRing) {

    /** Most descriptors a split virtqueue can have (virtio 1.2 section 2.7). */
    public static final int MAXIMUM_SIZE = 32768;

    /** Offset of {@code flags} in both rings. */
    static final int RING_FLAGS = 0;
    /** Offset of {@code idx} in both rings. */
    static final int RING_INDEX = 2;
    /** Offset of the first element in both rings. */
    static final int RING_ELEMENTS = 4;
    /** Size of an element of the avail ring: a descriptor index. */
    static final int AVAIL_ELEMENT_BYTES = 2;
    /** Size of an element of the used ring: descriptor index and length, 32 bits each. */
    static final int USED_ELEMENT_BYTES = 8;
    /** Size of {@code used_event} and {@code avail_event} behind the elements. */
    static final int EVENT_BYTES = 2;

    private static final int DESCRIPTOR_TABLE_ALIGNMENT = 16;
    private static final int AVAIL_RING_ALIGNMENT = 2;
    private static final int USED_RING_ALIGNMENT = 4;

    /**
     * Refuses a layout that the device cannot work with: wrong size, misaligned, or not in guest memory.
     *
     * @throws GuestFaultException if so, naming the part and its value
     */
    public void check(GuestMemory memory, int maximumSize) {
        if (size < 1 || size > maximumSize || Integer.bitCount(size) != 1) {
            throw new GuestFaultException(
                    String.format(Locale.ROOT, "queue size %d is not a power of two from 1 to %d", size, maximumSize));
        }
        check(memory, "descriptor table", descriptorTable, DESCRIPTOR_TABLE_ALIGNMENT, descriptorTableBytes());
        check(memory, "avail ring", availRing, AVAIL_RING_ALIGNMENT, availRingBytes());
        check(memory, "used ring", usedRing, USED_RING_ALIGNMENT, usedRingBytes());
    }

    private static void check(GuestMemory memory, String part, long address, int alignment, long length) {
        if ((address & (alignment - 1)) != 0) {
            throw new GuestFaultException(
                    String.format(Locale.ROOT, "%s at 0x%x is not a multiple of %d", part, address, alignment));
        }
        try {
            memory.check(address, length);
        } catch (GuestFaultException e) {
            throw new GuestFaultException(part + ": " + e.getMessage(), e);
        }
    }

    long descriptorTableBytes() {
        return (long) Descriptor.BYTES * size;
    }

    long availRingBytes() {
        return usedEvent() + EVENT_BYTES;
    }

    long usedRingBytes() {
        return availEvent() + EVENT_BYTES;
    }

    /** Returns where in the avail ring the element for a free-running index is. */
    long availElement(int index) {
        return RING_ELEMENTS + (long) AVAIL_ELEMENT_BYTES * (index & (size - 1));
    }

    /** Returns where in the used ring the element for a free-running index is. */
    long usedElement(int index) {
        return RING_ELEMENTS + (long) USED_ELEMENT_BYTES * (index & (size - 1));
    }

    /** Returns where in the avail ring {@code used_event} is: the driver wants an interrupt once this used index is passed. */
    long usedEvent() {
        return RING_ELEMENTS + (long) AVAIL_ELEMENT_BYTES * size;
    }

    /** Returns where in the used ring {@code avail_event} is: the device wants a kick once this avail index is passed. */
    long availEvent() {
        return RING_ELEMENTS + (long) USED_ELEMENT_BYTES * size;
    }
}
