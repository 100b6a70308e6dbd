package jinn.uapi.kvm;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import jinn.uapi.Fields;

/** struct kvm_one_reg: a vCPU register and where its value is, and the ids of core registers. */
public final class OneRegLayout {

    /** The structure. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
                    Fields.U64.withName("id"), Fields.U64.withName("addr"))
            .withName("kvm_one_reg");

    private static final long ID = Fields.offset(LAYOUT, "id");
    private static final long ADDR = Fields.offset(LAYOUT, "addr");

    private static final long ARM64 = 0x6000000000000000L;
    private static final long SIZE_U64 = 0x0030000000000000L;
    private static final long CLASS_CORE = 0x10L << 16;

    /** General register X0. */
    public static final long X0 = core(0);

    /** Program counter. */
    public static final long PC = core(256);

    /** Processor state, in the format of SPSR_EL2. */
    public static final long PSTATE = core(264);

    private OneRegLayout() {}

    /** Fills in the structure; {@code value} must stay valid during the ioctl. */
    public static void set(MemorySegment struct, long id, MemorySegment value) {
        struct.set(Fields.U64, ID, id);
        struct.set(Fields.U64, ADDR, value.address());
    }

    /** The id of the 64-bit register {@code offset} bytes into struct kvm_regs; the index counts 4-byte words. */
    private static long core(long offset) {
        return ARM64 | SIZE_U64 | CLASS_CORE | (offset / Integer.BYTES);
    }
}
