package jinn.uapi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/** struct gzvm_userspace_memory_region: a slot of guest RAM and the host memory behind it. */
public final class UserMemoryRegionLayout {

    /** The structure. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
                    Fields.U32.withName("slot"),
                    Fields.U32.withName("flags"),
                    Fields.U64.withName("guest_phys_addr"),
                    Fields.U64.withName("memory_size"),
                    Fields.U64.withName("userspace_addr"))
            .withName("gzvm_userspace_memory_region");

    /** Purpose: ordinary RAM. */
    public static final int FLAG_GUEST_MEM = 1;

    /** Purpose: bounce buffers, which the host keeps when the VM is protected. */
    public static final int FLAG_STATIC_SWIOTLB = 1 << 2;

    /** The guest may only read it; for Jinn's own driver only ({@link GzvmCapability#JINN_READ_ONLY}). */
    public static final int FLAG_READ_ONLY = 1 << 31;

    private static final long SLOT = Fields.offset(LAYOUT, "slot");
    private static final long FLAGS = Fields.offset(LAYOUT, "flags");
    private static final long GUEST_PHYS_ADDR = Fields.offset(LAYOUT, "guest_phys_addr");
    private static final long MEMORY_SIZE = Fields.offset(LAYOUT, "memory_size");
    private static final long USERSPACE_ADDR = Fields.offset(LAYOUT, "userspace_addr");

    private UserMemoryRegionLayout() {}

    /**
     * Fills in the structure.
     *
     * @param guestAddress guest-physical address of the first byte
     * @param host the memory behind it, alone in its mapping
     */
    public static void set(MemorySegment struct, int slot, int flags, long guestAddress, MemorySegment host) {
        struct.set(Fields.U32, SLOT, slot);
        struct.set(Fields.U32, FLAGS, flags);
        struct.set(Fields.U64, GUEST_PHYS_ADDR, guestAddress);
        struct.set(Fields.U64, MEMORY_SIZE, host.byteSize());
        struct.set(Fields.U64, USERSPACE_ADDR, host.address());
    }
}
