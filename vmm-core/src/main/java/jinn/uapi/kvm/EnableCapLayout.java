package jinn.uapi.kvm;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import jinn.uapi.Fields;

/** struct kvm_enable_cap: a capability to be switched on. */
public final class EnableCapLayout {

    /** The structure. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
                    Fields.U32.withName("cap"),
                    Fields.U32.withName("flags"),
                    MemoryLayout.sequenceLayout(4, Fields.U64).withName("args"),
                    Fields.bytes(64).withName("pad"))
            .withName("kvm_enable_cap");

    private static final long CAP = Fields.offset(LAYOUT, "cap");

    private EnableCapLayout() {}

    /** Fills in a zeroed structure for a capability without arguments. */
    public static void set(MemorySegment struct, int capability) {
        struct.set(Fields.U32, CAP, capability);
    }
}
