package jinn.uapi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/** struct gzvm_dtb_config: where the guest's device tree is. */
public final class DtbConfigLayout {

    /** The structure. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
                    Fields.U64.withName("dtb_addr"), Fields.U64.withName("dtb_size"))
            .withName("gzvm_dtb_config");

    private static final long DTB_ADDR = Fields.offset(LAYOUT, "dtb_addr");
    private static final long DTB_SIZE = Fields.offset(LAYOUT, "dtb_size");

    private DtbConfigLayout() {}

    /**
     * Fills in the structure.
     *
     * @param guestAddress guest-physical address of the blob
     * @param bytes bytes reserved for it
     */
    public static void set(MemorySegment struct, long guestAddress, long bytes) {
        struct.set(Fields.U64, DTB_ADDR, guestAddress);
        struct.set(Fields.U64, DTB_SIZE, bytes);
    }
}
