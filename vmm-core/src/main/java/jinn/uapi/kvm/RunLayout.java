package jinn.uapi.kvm;

import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;
import jinn.uapi.Fields;

/**
 * struct kvm_run: the start of the memory that a vCPU's descriptor maps.
 *
 * <p>The kernel writes an exit before RUN returns and reads what user space has put there when RUN is called again; in
 * between it belongs to the thread that runs the vCPU. {@code immediate_exit} is the one field that another thread may set
 * at any time; the kernel only reads it.
 */
public final class RunLayout {

    private static final GroupLayout MMIO = MemoryLayout.structLayout(
                    Fields.U64.withName("phys_addr"),
                    Fields.bytes(8).withName("data"),
                    Fields.U32.withName("len"),
                    Fields.U8.withName("is_write"))
            .withName("mmio");
    private static final GroupLayout FAIL_ENTRY = MemoryLayout.structLayout(
                    Fields.U64.withName("hardware_entry_failure_reason"), Fields.U32.withName("cpu"))
            .withName("fail_entry");
    private static final GroupLayout INTERNAL = MemoryLayout.structLayout(
                    Fields.U32.withName("suberror"),
                    Fields.U32.withName("ndata"),
                    MemoryLayout.sequenceLayout(16, Fields.U64).withName("data"))
            .withName("internal");
    private static final GroupLayout SYSTEM_EVENT = MemoryLayout.structLayout(
                    Fields.U32.withName("type"),
                    Fields.U32.withName("ndata"),
                    MemoryLayout.sequenceLayout(16, Fields.U64).withName("data"))
            .withName("system_event");
    private static final GroupLayout ARM_NISV = MemoryLayout.structLayout(
                    Fields.U64.withName("esr_iss"), Fields.U64.withName("fault_ipa"))
            .withName("arm_nisv");

    /** The structure; its union is named {@code exit}, which has no name in C, and has the members that arm64 uses. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
                    Fields.U8.withName("request_interrupt_window"),
                    Fields.U8.withName("immediate_exit"),
                    Fields.bytes(6).withName("padding1"),
                    Fields.U32.withName("exit_reason"),
                    Fields.U8.withName("ready_for_interrupt_injection"),
                    Fields.U8.withName("if_flag"),
                    Fields.bytes(2).withName("flags"),
                    Fields.U64.withName("cr8"),
                    Fields.U64.withName("apic_base"),
                    MemoryLayout.unionLayout(
                                    MMIO,
                                    FAIL_ENTRY,
                                    INTERNAL,
                                    SYSTEM_EVENT,
                                    ARM_NISV,
                                    Fields.bytes(256).withName("padding"))
                            .withName("exit"),
                    Fields.U64.withName("kvm_valid_regs"),
                    Fields.U64.withName("kvm_dirty_regs"),
                    Fields.bytes(2048).withName("s"))
            .withName("kvm_run");

    private static final long EXIT_REASON = Fields.offset(LAYOUT, "exit_reason");
    private static final VarHandle IMMEDIATE_EXIT = LAYOUT.varHandle(PathElement.groupElement("immediate_exit"));

    private static final long MMIO_PHYS_ADDR = exitOffset("mmio", "phys_addr");
    private static final long MMIO_DATA = exitOffset("mmio", "data");
    private static final long MMIO_LEN = exitOffset("mmio", "len");
    private static final long MMIO_IS_WRITE = exitOffset("mmio", "is_write");
    private static final long FAIL_ENTRY_REASON = exitOffset("fail_entry", "hardware_entry_failure_reason");
    private static final long FAIL_ENTRY_CPU = exitOffset("fail_entry", "cpu");
    private static final long INTERNAL_SUBERROR = exitOffset("internal", "suberror");
    private static final long SYSTEM_EVENT_TYPE = exitOffset("system_event", "type");
    private static final long ARM_NISV_ESR_ISS = exitOffset("arm_nisv", "esr_iss");
    private static final long ARM_NISV_FAULT_IPA = exitOffset("arm_nisv", "fault_ipa");

    private RunLayout() {}

    /** Returns KVM_EXIT_*. */
    public static int exitReason(MemorySegment run) {
        return run.get(Fields.U32, EXIT_REASON);
    }

    /** Makes RUN calls return EINTR at once (true), after the access of the last exit is complete, or enter the guest. */
    public static void setImmediateExit(MemorySegment run, boolean immediate) {
        IMMEDIATE_EXIT.setVolatile(run, 0L, (byte) (immediate ? 1 : 0));
    }

    /** Returns the guest-physical address of the access. */
    public static long mmioAddress(MemorySegment run) {
        return run.get(Fields.U64, MMIO_PHYS_ADDR);
    }

    /** Returns the 8 data bytes of the access as one number; those beyond its width mean nothing. */
    public static long mmioData(MemorySegment run) {
        return run.get(Fields.U64, MMIO_DATA);
    }

    /** Places what the guest's load gives. */
    public static void setMmioData(MemorySegment run, long value) {
        run.set(Fields.U64, MMIO_DATA, value);
    }

    /** Returns the width of the access in bytes. */
    public static int mmioLength(MemorySegment run) {
        return run.get(Fields.U32, MMIO_LEN);
    }

    /** Returns whether the access is a store. */
    public static boolean mmioIsWrite(MemorySegment run) {
        return run.get(Fields.U8, MMIO_IS_WRITE) != 0;
    }

    /** Returns why the processor could not enter the guest. */
    public static long failEntryReason(MemorySegment run) {
        return run.get(Fields.U64, FAIL_ENTRY_REASON);
    }

    /** Returns the host core that could not enter the guest. */
    public static int failEntryCpu(MemorySegment run) {
        return run.get(Fields.U32, FAIL_ENTRY_CPU);
    }

    /** Returns the kernel's own error number. */
    public static int internalSuberror(MemorySegment run) {
        return run.get(Fields.U32, INTERNAL_SUBERROR);
    }

    /** Returns KVM_SYSTEM_EVENT_*. */
    public static int systemEventType(MemorySegment run) {
        return run.get(Fields.U32, SYSTEM_EVENT_TYPE);
    }

    /** Returns the low bits of ESR_EL2 of the access that nothing describes. */
    public static long undescribedSyndrome(MemorySegment run) {
        return run.get(Fields.U64, ARM_NISV_ESR_ISS);
    }

    /** Returns the guest-physical address of the access that nothing describes. */
    public static long undescribedAddress(MemorySegment run) {
        return run.get(Fields.U64, ARM_NISV_FAULT_IPA);
    }

    private static long exitOffset(String member, String field) {
        return LAYOUT.byteOffset(
                PathElement.groupElement("exit"), PathElement.groupElement(member), PathElement.groupElement(field));
    }
}
