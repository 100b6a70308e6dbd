package jinn.uapi.kvm;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import jinn.uapi.Fields;

/** struct kvm_device_attr: a setting of a device, and the settings of the GICv3. */
public final class DeviceAttrLayout {

    /** The structure. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
                    Fields.U32.withName("flags"),
                    Fields.U32.withName("group"),
                    Fields.U64.withName("attr"),
                    Fields.U64.withName("addr"))
            .withName("kvm_device_attr");

    /** Group: guest-physical addresses, each a u64. */
    public static final int VGIC_GROUP_ADDRESS = 0;

    /** Group: a u32, how many interrupts there are: 16 SGIs, 16 PPIs and the SPIs. */
    public static final int VGIC_GROUP_INTERRUPTS = 3;

    /** Group: commands, which have no value. */
    public static final int VGIC_GROUP_CONTROL = 4;

    /** Address: the distributor, 64 KiB. */
    public static final long VGIC_ADDRESS_DISTRIBUTOR = 2;

    /** Address: vCPU 0's redistributor, 128 KiB; the others follow. */
    public static final long VGIC_ADDRESS_REDISTRIBUTORS = 3;

    /** Command: all vCPUs exist, start. */
    public static final long VGIC_CONTROL_INIT = 0;

    private static final long GROUP = Fields.offset(LAYOUT, "group");
    private static final long ATTR = Fields.offset(LAYOUT, "attr");
    private static final long ADDR = Fields.offset(LAYOUT, "addr");

    private DeviceAttrLayout() {}

    /** Fills in a zeroed structure; {@code value} must stay valid during the ioctl, and is NULL for a command. */
    public static void set(MemorySegment struct, int group, long attribute, MemorySegment value) {
        struct.set(Fields.U32, GROUP, group);
        struct.set(Fields.U64, ATTR, attribute);
        struct.set(Fields.U64, ADDR, value.address());
    }
}
