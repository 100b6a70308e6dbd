package jinn.uapi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/** struct gzvm_enable_cap: a capability to turn on, and its arguments. */
public final class EnableCapLayout {

    /** The structure. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
                    Fields.U64.withName("cap"),
                    MemoryLayout.sequenceLayout(5, Fields.U64).withName("args"))
            .withName("gzvm_enable_cap");

    /** First argument of {@link GzvmCapability#PROTECTED_VM}: protects the VM, without firmware. */
    public static final long SET_PROTECTED_VM = 2;

    private static final long CAP = Fields.offset(LAYOUT, "cap");
    private static final long ARGS = Fields.offset(LAYOUT, "args");

    private EnableCapLayout() {}

    /** Fills in a zeroed structure with a capability and its first arguments. */
    public static void set(MemorySegment struct, long capability, long... arguments) {
        struct.set(Fields.U64, CAP, capability);
        for (int i = 0; i < arguments.length; i++) {
            struct.set(Fields.U64, ARGS + (long) Long.BYTES * i, arguments[i]);
        }
    }
}
