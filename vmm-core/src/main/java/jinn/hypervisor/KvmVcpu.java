package jinn.hypervisor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;
import jinn.posix.Mapping;
import jinn.uapi.kvm.KvmIoctl;
import jinn.uapi.kvm.OneRegLayout;

/**
 * A vCPU descriptor of {@code /dev/kvm} and the run page that it maps.
 *
 * <p>{@code immediate_exit} belongs to {@link #requestExit}, which sets it, and to {@link #run}, which clears it after an
 * interrupted call. The kernel completes the load of the last exit before it looks at it, so an exit that is asked for
 * between a load and its completion loses nothing.
 */
final class KvmVcpu implements Vcpu {

    private static final VcpuExit INTERRUPTED = new VcpuExit.Interrupted();

    private final int id;
    private final String name;
    private final FileDescriptor fd;
    private final Mapping mapping;
    private final KvmRunPage page;

    KvmVcpu(int id, String name, FileDescriptor fd, Mapping mapping) {
        this.id = id;
        this.name = name;
        this.fd = fd;
        this.mapping = mapping;
        this.page = new KvmRunPage(mapping.segment());
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public void setRegister(Register register, long value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment word = arena.allocateFrom(ValueLayout.JAVA_LONG, value);
            StructIoctl.call(
                    fd,
                    KvmIoctl.SET_ONE_REG,
                    OneRegLayout.LAYOUT,
                    struct -> OneRegLayout.set(struct, registerId(register), word),
                    () -> name + ": cannot set " + register + " to 0x" + Long.toHexString(value));
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
        int result = fd.ioctl(KvmIoctl.RUN, 0);
        if (result == -Errno.EINTR.number()) {
            page.setImmediateExit(false);
            return INTERRUPTED;
        }
        if (result == -Errno.EFAULT.number()) {
            return new VcpuExit.Failure(
                    VcpuExit.Kind.EXCEPTION, "a page of guest memory could not be provided (EFAULT)");
        }
        if (result < 0) {
            throw Errno.exception(name + ": cannot run the guest", -result);
        }
        return page.exit();
    }

    @Override
    public void completeLoad(long value) {
        page.setLoadResult(value);
    }

    /** Cannot be called in order: the kernel answers every hypercall itself. */
    @Override
    public void refuseHypercall() {
        throw new IllegalStateException(name + ": KVM gives no hypercalls to user space");
    }

    @Override
    public void requestExit() {
        page.setImmediateExit(true);
    }

    @Override
    public void close() {
        try (fd) {
            mapping.close();
        }
    }
}
