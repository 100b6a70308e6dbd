package jinn.uapi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/** struct gzvm_create_device: a device that the hypervisor emulates. */
public final class CreateDeviceLayout {

    /** The structure. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
                    Fields.U32.withName("dev_type"),
                    Fields.U32.withName("id"),
                    Fields.U64.withName("flags"),
                    Fields.U64.withName("dev_addr"),
                    Fields.U64.withName("dev_reg_size"),
                    Fields.U64.withName("attr_addr"),
                    Fields.U64.withName("attr_size"))
            .withName("gzvm_create_device");

    /** The GICv3 distributor. */
    public static final int TYPE_VGIC_V3_DIST = 0;

    /** The GICv3 redistributors, one frame a vCPU. */
    public static final int TYPE_VGIC_V3_REDIST = 1;

    private static final long DEV_TYPE = Fields.offset(LAYOUT, "dev_type");
    private static final long DEV_ADDR = Fields.offset(LAYOUT, "dev_addr");
    private static final long DEV_REG_SIZE = Fields.offset(LAYOUT, "dev_reg_size");

    private CreateDeviceLayout() {}

    /**
     * Fills in a zeroed structure for a device without attributes.
     *
     * @param guestAddress guest-physical address of the first register
     * @param bytes size of the registers
     */
    public static void set(MemorySegment struct, int type, long guestAddress, long bytes) {
        struct.set(Fields.U32, DEV_TYPE, type);
        struct.set(Fields.U64, DEV_ADDR, guestAddress);
        struct.set(Fields.U64, DEV_REG_SIZE, bytes);
    }
}
