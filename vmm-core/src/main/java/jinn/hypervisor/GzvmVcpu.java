package jinn.hypervisor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;
import jinn.uapi.GzvmExit;
import jinn.uapi.GzvmIoctl;
import jinn.uapi.OneRegLayout;
import jinn.uapi.VcpuRunLayout;

/**
 * A vCPU descriptor of {@code /dev/gzvm} and the buffer of its GZVM_RUN.
 *
 * <p>{@code immediate_exit} belongs to {@link #requestExit}, which sets it, and to {@link #run}, which clears it after an
 * interrupted call. The driver's copy-out may overwrite it with the value it copied in, so whoever requests an exit has a
 * flag of his own that the running thread reads between two calls.
 */
final class GzvmVcpu implements Vcpu {

    private static final VcpuExit INTERRUPTED = new VcpuExit.Interrupted();

    /** SMCCC: the function id is not known. */
    private static final long SMCCC_NOT_SUPPORTED = -1;

    private final int id;
    private final String name;
    private final FileDescriptor fd;
    private final MemorySegment run = Arena.ofAuto().allocate(VcpuRunLayout.LAYOUT);
    private final VcpuExit.Mmio mmio = new VcpuExit.Mmio();

    GzvmVcpu(int id, String name, FileDescriptor fd) {
        this.id = id;
        this.name = name;
        this.fd = fd;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public void setRegister(Register register, long value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment word = arena.allocate(ValueLayout.JAVA_LONG);
            word.set(ValueLayout.JAVA_LONG, 0, value);
            MemorySegment struct = arena.allocate(OneRegLayout.LAYOUT);
            OneRegLayout.set(struct, registerId(register), word);
            int result = fd.ioctl(GzvmIoctl.SET_ONE_REG, struct);
            if (result < 0) {
                throw Errno.exception(name + ": cannot set " + register + " to 0x" + Long.toHexString(value), -result);
            }
        }
    }

    private static long registerId(Register register) {
        return switch (register) {
            case X0 -> OneRegLayout.X0;
            case PC -> OneRegLayout.PC;
            case PSTATE -> OneRegLayout.PSTATE;
        };
    }

    @Override
    public VcpuExit run() {
        int result = fd.ioctl(GzvmIoctl.RUN, run);
        if (result == -Errno.EINTR.number() || result == -Errno.EAGAIN.number()) {
            VcpuRunLayout.setImmediateExit(run, false);
            return INTERRUPTED;
        }
        if (result < 0) {
            throw Errno.exception(name + ": cannot run the guest", -result);
        }
        return decode();
    }

    private VcpuExit decode() {
        int reason = VcpuRunLayout.exitReason(run);
        return switch (reason) {
            case GzvmExit.MMIO -> decodeMmio();
            case GzvmExit.IRQ, GzvmExit.GZ, GzvmExit.IDLE, GzvmExit.IPI -> INTERRUPTED;
            case GzvmExit.SYSTEM_EVENT -> decodeSystemEvent();
            case GzvmExit.SHUTDOWN -> new VcpuExit.SystemEvent(VcpuExit.SystemEventType.POWER_OFF);
            case GzvmExit.HYPERCALL -> new VcpuExit.Hypercall(VcpuRunLayout.hypercallFunction(run));
            case GzvmExit.EXCEPTION -> decodeException();
            case GzvmExit.FAIL_ENTRY -> decodeFailEntry();
            case GzvmExit.INTERNAL_ERROR ->
                new VcpuExit.Failure(
                        VcpuExit.Kind.INTERNAL_ERROR,
                        "the hypervisor failed (internal error " + VcpuRunLayout.internalSuberror(run) + ")");
            default ->
                new VcpuExit.Failure(
                        VcpuExit.Kind.OTHER, String.format("the driver gave the unknown exit reason 0x%08x", reason));
        };
    }

    private VcpuExit decodeMmio() {
        long size = VcpuRunLayout.mmioSize(run);
        if (size != 1 && size != 2 && size != 4 && size != 8) {
            return new VcpuExit.Failure(
                    VcpuExit.Kind.MMIO, "the driver gave an access of " + size + " bytes, allowed are 1, 2, 4, 8");
        }
        boolean write = VcpuRunLayout.mmioIsWrite(run);
        long value = write ? VcpuExit.Mmio.zeroExtend(VcpuRunLayout.mmioData(run), (int) size) : 0;
        return mmio.set(VcpuRunLayout.mmioAddress(run), (int) size, write, value);
    }

    private VcpuExit decodeSystemEvent() {
        int type = VcpuRunLayout.systemEventType(run);
        return new VcpuExit.SystemEvent(
                switch (type) {
                    case GzvmExit.SYSTEM_EVENT_SHUTDOWN -> VcpuExit.SystemEventType.POWER_OFF;
                    case GzvmExit.SYSTEM_EVENT_RESET -> VcpuExit.SystemEventType.RESET;
                    case GzvmExit.SYSTEM_EVENT_CRASH -> VcpuExit.SystemEventType.CRASH;
                    default -> VcpuExit.SystemEventType.UNSUPPORTED;
                });
    }

    private VcpuExit decodeException() {
        String what = VcpuRunLayout.exceptionType(run) == GzvmExit.EXCEPTION_PAGE_FAULT
                ? "a page of guest memory could not be provided"
                : "the guest raised an exception that nobody handles";
        return new VcpuExit.Failure(
                VcpuExit.Kind.EXCEPTION,
                String.format(
                        "%s (address 0x%x, ESR 0x%08x)",
                        what, VcpuRunLayout.exceptionFaultAddress(run), VcpuRunLayout.exceptionErrorCode(run)));
    }

    private VcpuExit decodeFailEntry() {
        return new VcpuExit.Failure(
                VcpuExit.Kind.FAIL_ENTRY,
                String.format(
                        "host core %d refused to enter the guest (reason 0x%x)",
                        VcpuRunLayout.failEntryCpu(run), VcpuRunLayout.failEntryReason(run)));
    }

    @Override
    public void completeLoad(long value) {
        VcpuRunLayout.setMmioData(run, value);
    }

    @Override
    public void refuseHypercall() {
        VcpuRunLayout.setHypercallResult(run, SMCCC_NOT_SUPPORTED);
    }

    @Override
    public void requestExit() {
        VcpuRunLayout.setImmediateExit(run, true);
    }

    @Override
    public void close() {
        fd.close();
    }
}
