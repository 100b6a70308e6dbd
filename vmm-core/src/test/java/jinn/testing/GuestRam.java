package jinn.testing;

import java.lang.foreign.Arena;
import java.util.List;
import jinn.memory.GuestMemory;

/** Real native memory in the place of a guest's RAM. */
public final class GuestRam {

    /** Guest-physical address of the first byte. */
    public static final long BASE = 0x4000_0000L;

    private GuestRam() {}

    /** Makes zeroed memory from {@link #BASE} on, freed by the garbage collector. */
    public static GuestMemory ofBytes(long bytes) {
        return new GuestMemory(List.of(region(BASE, bytes)));
    }

    /** Makes a zeroed region anywhere. */
    public static GuestMemory.Region region(long guestAddress, long bytes) {
        return new GuestMemory.Region(guestAddress, Arena.ofAuto().allocate(bytes, GuestMemory.REGION_ALIGNMENT_BYTES));
    }
}
