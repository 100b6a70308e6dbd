package jinn.uapi;

import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/**
 * struct gzvm_vcpu_run: the buffer of GZVM_RUN, 264 bytes of user space's own memory.
 *
 * <p>The driver copies it in at entry and out at exit and never maps it, so between two calls only this process changes
 * it. {@code immediate_exit} is the one field that another thread may set during the call.
 */
public final class VcpuRunLayout {

    private static final GroupLayout MMIO = MemoryLayout.structLayout(
                    Fields.U64.withName("phys_addr"),
                    Fields.bytes(8).withName("data"),
                    Fields.U64.withName("size"),
                    Fields.U32.withName("reg_nr"),
                    Fields.U8.withName("is_write"),
                    Fields.bytes(3).withName("padding"))
            .withName("mmio");
    private static final GroupLayout FAIL_ENTRY = MemoryLayout.structLayout(
                    Fields.U64.withName("hardware_entry_failure_reason"),
                    Fields.U32.withName("cpu"),
                    Fields.U32.withName("padding"))
            .withName("fail_entry");
    private static final GroupLayout EXCEPTION = MemoryLayout.structLayout(
                    Fields.U32.withName("exception"),
                    Fields.U32.withName("error_code"),
                    Fields.U64.withName("fault_gpa"),
                    MemoryLayout.sequenceLayout(30, Fields.U64).withName("reserved"))
            .withName("exception");
    private static final GroupLayout HYPERCALL = MemoryLayout.structLayout(
                    MemoryLayout.sequenceLayout(8, Fields.U64).withName("args"))
            .withName("hypercall");
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

    /** The structure; its union is named {@code exit}, which has no name in C. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
                    Fields.U32.withName("exit_reason"),
                    Fields.U8.withName("immediate_exit"),
                    Fields.bytes(3).withName("padding1"),
                    MemoryLayout.unionLayout(
                                    MMIO,
                                    FAIL_ENTRY,
                                    EXCEPTION,
                                    HYPERCALL,
                                    INTERNAL,
                                    SYSTEM_EVENT,
                                    Fields.bytes(256).withName("padding2"))
                            .withName("exit"))
            .withName("gzvm_vcpu_run");

    private static final long EXIT_REASON = Fields.offset(LAYOUT, "exit_reason");
    private static final VarHandle IMMEDIATE_EXIT = LAYOUT.varHandle(PathElement.groupElement("immediate_exit"));

    private static final long MMIO_PHYS_ADDR = exitOffset("mmio", "phys_addr");
    private static final long MMIO_DATA = exitOffset("mmio", "data");
    private static final long MMIO_SIZE = exitOffset("mmio", "size");
    private static final long MMIO_IS_WRITE = exitOffset("mmio", "is_write");
    private static final long FAIL_ENTRY_REASON = exitOffset("fail_entry", "hardware_entry_failure_reason");
    private static final long FAIL_ENTRY_CPU = exitOffset("fail_entry", "cpu");
    private static final long EXCEPTION_TYPE = exitOffset("exception", "exception");
    private static final long EXCEPTION_ERROR_CODE = exitOffset("exception", "error_code");
    private static final long EXCEPTION_FAULT_GPA = exitOffset("exception", "fault_gpa");
    private static final long HYPERCALL_ARGS = exitOffset("hypercall", "args");
    private static final long INTERNAL_SUBERROR = exitOffset("internal", "suberror");
    private static final long SYSTEM_EVENT_TYPE = exitOffset("system_event", "type");

    private VcpuRunLayout() {}

    /** Returns GZVM_EXIT_*. */
    public static int exitReason(MemorySegment run) {
        return run.get(Fields.U32, EXIT_REASON);
    }

    /** Makes GZVM_RUN calls return EINTR at once (true) or enter the guest (false). */
    public static void setImmediateExit(MemorySegment run, boolean immediate) {
        IMMEDIATE_EXIT.setVolatile(run, 0L, (byte) (immediate ? 1 : 0));
    }

    /** Returns the guest-physical address of the access. */
    public static long mmioAddress(MemorySegment run) {
        return run.get(Fields.U64, MMIO_PHYS_ADDR);
    }

    /** Returns the 8 data bytes of the access as one number. */
    public static long mmioData(MemorySegment run) {
        return run.get(Fields.U64, MMIO_DATA);
    }

    /** Places what the guest's load gives. */
    public static void setMmioData(MemorySegment run, long value) {
        run.set(Fields.U64, MMIO_DATA, value);
    }

    /** Returns the width of the access in bytes, as the hypervisor gave it. */
    public static long mmioSize(MemorySegment run) {
        return run.get(Fields.U64, MMIO_SIZE);
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

    /** Returns GZVM_EXCEPTION_*. */
    public static int exceptionType(MemorySegment run) {
        return run.get(Fields.U32, EXCEPTION_TYPE);
    }

    /** Returns the low 32 bits of ESR_EL2. */
    public static int exceptionErrorCode(MemorySegment run) {
        return run.get(Fields.U32, EXCEPTION_ERROR_CODE);
    }

    /** Returns the guest-physical address that faulted. */
    public static long exceptionFaultAddress(MemorySegment run) {
        return run.get(Fields.U64, EXCEPTION_FAULT_GPA);
    }

    /** Returns the function id of the guest's hypercall. */
    public static long hypercallFunction(MemorySegment run) {
        return run.get(Fields.U64, HYPERCALL_ARGS);
    }

    /** Places x0 of the hypercall's answer. */
    public static void setHypercallResult(MemorySegment run, long value) {
        run.set(Fields.U64, HYPERCALL_ARGS, value);
    }

    /** Returns the hypervisor's own error number. */
    public static int internalSuberror(MemorySegment run) {
        return run.get(Fields.U32, INTERNAL_SUBERROR);
    }

    /** Returns GZVM_SYSTEM_EVENT_*. */
    public static int systemEventType(MemorySegment run) {
        return run.get(Fields.U32, SYSTEM_EVENT_TYPE);
    }

    private static long exitOffset(String member, String field) {
        return LAYOUT.byteOffset(
                PathElement.groupElement("exit"), PathElement.groupElement(member), PathElement.groupElement(field));
    }
}
