package jinn.uapi.kvm;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import jinn.uapi.Fields;

/** struct kvm_vcpu_init: which processor a vCPU is and what it has. */
public final class VcpuInitLayout {

    /** The structure. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
                    Fields.U32.withName("target"),
                    MemoryLayout.sequenceLayout(7, Fields.U32).withName("features"))
            .withName("kvm_vcpu_init");

    /** Feature bit: off until the guest switches it on by PSCI. */
    public static final int FEATURE_POWER_OFF = 0;

    /** Feature bit: the guest's PSCI calls are served. */
    public static final int FEATURE_PSCI_0_2 = 2;

    private static final long FEATURES = Fields.offset(LAYOUT, "features");

    private VcpuInitLayout() {}

    /** Adds one of the first 32 features to those that are there. */
    public static void addFeature(MemorySegment struct, int bit) {
        struct.set(Fields.U32, FEATURES, struct.get(Fields.U32, FEATURES) | 1 << bit);
    }
}
