package jinn.uapi.kvm;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import jinn.uapi.Fields;

/** struct kvm_create_device: a device that the kernel emulates, and its descriptor. */
public final class CreateDeviceLayout {

    /** The structure. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
                    Fields.U32.withName("type"), Fields.U32.withName("fd"), Fields.U32.withName("flags"))
            .withName("kvm_create_device");

    /** A GICv3. */
    public static final int TYPE_VGIC_V3 = 7;

    private static final long TYPE = Fields.offset(LAYOUT, "type");
    private static final long FD = Fields.offset(LAYOUT, "fd");

    private CreateDeviceLayout() {}

    /** Fills in a zeroed structure. */
    public static void set(MemorySegment struct, int type) {
        struct.set(Fields.U32, TYPE, type);
    }

    /** Returns the descriptor that the kernel has filled in. */
    public static int fd(MemorySegment struct) {
        return struct.get(Fields.U32, FD);
    }
}
