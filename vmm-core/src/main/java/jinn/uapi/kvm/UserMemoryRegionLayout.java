package jinn.uapi.kvm;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import jinn.uapi.Fields;

/** struct kvm_userspace_memory_region: a slot of guest RAM and the host memory behind it. */
public final class UserMemoryRegionLayout {

    /** The structure. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
                    Fields.U32.withName("slot"),
                    Fields.U32.withName("flags"),
                    Fields.U64.withName("guest_phys_addr"),
                    Fields.U64.withName("memory_size"),
                    Fields.U64.withName("userspace_addr"))
            .withName("kvm_userspace_memory_region");

    /** The guest may only read it: its stores are doorbells or MMIO exits. */
    public static final int FLAG_READONLY = 1 << 1;

    private static final long SLOT = Fields.offset(LAYOUT, "slot");
    private static final long FLAGS = Fields.offset(LAYOUT, "flags");
    private static final long GUEST_PHYS_ADDR = Fields.offset(LAYOUT, "guest_phys_addr");
    private static final long MEMORY_SIZE = Fields.offset(LAYOUT, "memory_size");
    private static final long USERSPACE_ADDR = Fields.offset(LAYOUT, "userspace_addr");

    private UserMemoryRegionLayout() {}

    /**
     * Fills in the structure.
     *
     * @param flags 0 for ordinary RAM
     * @param guestAddress guest-physical address of the first byte
     * @param host the memory behind it, aligned to the host's pages
     */
    public static void set(MemorySegment struct, int slot, int flags, long guestAddress, MemorySegment host) {
        struct.set(Fields.U32, SLOT, slot);
        struct.set(Fields.U32, FLAGS, flags);
        struct.set(Fields.U64, GUEST_PHYS_ADDR, guestAddress);
        struct.set(Fields.U64, MEMORY_SIZE, host.byteSize());
        struct.set(Fields.U64, USERSPACE_ADDR, host.address());
    }
}
