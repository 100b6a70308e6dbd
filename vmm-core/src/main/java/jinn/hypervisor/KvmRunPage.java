package jinn.hypervisor;

import java.lang.foreign.MemorySegment;
import jinn.uapi.kvm.KvmExit;
import jinn.uapi.kvm.RunLayout;

/** What a KVM vCPU's run page says, in the words of {@link VcpuExit}. */
final class KvmRunPage {

    private static final VcpuExit INTERRUPTED = new VcpuExit.Interrupted();

    private final MemorySegment run;
    private final VcpuExit.Mmio mmio = new VcpuExit.Mmio();

    /** Reads from memory of the shape of {@link RunLayout}. */
    KvmRunPage(MemorySegment run) {
        this.run = run;
    }

    /** Makes the next KVM_RUN return EINTR, or not. May be called from any thread. */
    void setImmediateExit(boolean immediate) {
        RunLayout.setImmediateExit(run, immediate);
    }

    /** Places what the load of the last exit gives. */
    void setLoadResult(long value) {
        RunLayout.setMmioData(run, value);
    }

    /** Returns the exit that KVM_RUN has just come back with. */
    VcpuExit exit() {
        int reason = RunLayout.exitReason(run);
        return switch (reason) {
            case KvmExit.MMIO -> access();
            case KvmExit.INTR -> INTERRUPTED;
            case KvmExit.SYSTEM_EVENT -> new VcpuExit.SystemEvent(systemEvent());
            case KvmExit.ARM_NISV ->
                new VcpuExit.Failure(
                        VcpuExit.Kind.EXCEPTION,
                        String.format(
                                "the guest used an instruction on 0x%x, where no memory is, that the processor does not"
                                        + " describe (ESR 0x%08x)",
                                RunLayout.undescribedAddress(run), RunLayout.undescribedSyndrome(run)));
            case KvmExit.FAIL_ENTRY ->
                new VcpuExit.Failure(
                        VcpuExit.Kind.FAIL_ENTRY,
                        String.format(
                                "host core %d refused to enter the guest (reason 0x%x)",
                                RunLayout.failEntryCpu(run), RunLayout.failEntryReason(run)));
            case KvmExit.INTERNAL_ERROR ->
                new VcpuExit.Failure(
                        VcpuExit.Kind.INTERNAL_ERROR,
                        "KVM failed (internal error " + RunLayout.internalSuberror(run) + ")");
            default -> new VcpuExit.Failure(VcpuExit.Kind.OTHER, "KVM gave the unknown exit reason " + reason);
        };
    }

    private VcpuExit access() {
        int size = RunLayout.mmioLength(run);
        if (size != 1 && size != 2 && size != 4 && size != 8) {
            return new VcpuExit.Failure(
                    VcpuExit.Kind.MMIO, "KVM gave an access of " + size + " bytes, allowed are 1, 2, 4, 8");
        }
        boolean write = RunLayout.mmioIsWrite(run);
        long value = write ? VcpuExit.Mmio.zeroExtend(RunLayout.mmioData(run), size) : 0;
        return mmio.set(RunLayout.mmioAddress(run), size, write, value);
    }

    private VcpuExit.SystemEventType systemEvent() {
        return switch (RunLayout.systemEventType(run)) {
            case KvmExit.SYSTEM_EVENT_SHUTDOWN -> VcpuExit.SystemEventType.POWER_OFF;
            case KvmExit.SYSTEM_EVENT_RESET -> VcpuExit.SystemEventType.RESET;
            case KvmExit.SYSTEM_EVENT_CRASH -> VcpuExit.SystemEventType.CRASH;
            // Among others SUSPEND, which the kernel gives only to a VM that has asked for it.
            default -> VcpuExit.SystemEventType.UNSUPPORTED;
        };
    }
}
