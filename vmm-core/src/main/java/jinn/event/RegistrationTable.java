package jinn.event;

import java.util.Arrays;
import jinn.posix.FileDescriptor;

/**
 * The registrations of one loop, by key.
 *
 * <p>A key is a slot number and the slot's generation. An event that was fetched before its registration ended carries an
 * old generation and finds nothing. Looking up makes no objects.
 */
final class RegistrationTable {

    private static final int GENERATION_SHIFT = Integer.SIZE;

    private Registration[] slots = new Registration[16];
    private int[] generations = new int[16];

    /** Takes a free slot. */
    Registration add(EventLoop loop, FileDescriptor descriptor, EventHandler handler) {
        int slot = freeSlot();
        long key = ((long) generations[slot] << GENERATION_SHIFT) | slot;
        slots[slot] = new Registration(loop, descriptor, handler, key);
        return slots[slot];
    }

    /** Returns the registration, or null when it has ended. */
    Registration find(long key) {
        int slot = (int) key;
        Registration registration = slots[slot];
        return registration != null && registration.key() == key ? registration : null;
    }

    /** Frees the slot. Returns whether the registration was still there. */
    boolean remove(Registration registration) {
        if (find(registration.key()) == null) {
            return false;
        }
        int slot = (int) registration.key();
        slots[slot] = null;
        generations[slot]++;
        return true;
    }

    private int freeSlot() {
        for (int slot = 0; slot < slots.length; slot++) {
            if (slots[slot] == null) {
                return slot;
            }
        }
        int slot = slots.length;
        slots = Arrays.copyOf(slots, slot * 2);
        generations = Arrays.copyOf(generations, slot * 2);
        return slot;
    }
}
