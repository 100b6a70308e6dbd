package jinn.hypervisor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.function.Consumer;
import java.util.function.Supplier;
import jinn.error.HostException;
import jinn.posix.Errno;
import jinn.posix.EventFd;
import jinn.posix.FileDescriptor;
import jinn.posix.Mapping;
import jinn.uapi.kvm.EnableCapLayout;
import jinn.uapi.kvm.IoEventFdLayout;
import jinn.uapi.kvm.IrqFdLayout;
import jinn.uapi.kvm.KvmIoctl;
import jinn.uapi.kvm.UserMemoryRegionLayout;
import jinn.uapi.kvm.VcpuInitLayout;

/** A VM descriptor of {@code /dev/kvm}. */
final class KvmVm implements Vm {

    private final String name;
    private final FileDescriptor fd;
    private final Limits limits;
    private volatile KvmInterruptController interruptController;

    /**
     * What this kernel's VMs can have.
     *
     * @param guestAddressBits width of a guest-physical address in bits
     * @param runBytes bytes to map of a vCPU's descriptor
     * @param anyLength whether a doorbell may ring on a store of any length
     * @param readOnlyMemory whether a slot can be memory that the guest may only read
     */
    record Limits(int guestAddressBits, int runBytes, boolean anyLength, boolean readOnlyMemory) {}

    KvmVm(String name, FileDescriptor fd, Limits limits) {
        this.name = name;
        this.fd = fd;
        this.limits = limits;
    }

    /** Switches a capability on. */
    void enable(int capability) {
        call(
                KvmIoctl.ENABLE_CAP,
                EnableCapLayout.LAYOUT,
                struct -> EnableCapLayout.set(struct, capability),
                () -> "enable the capability " + capability);
    }

    @Override
    public void addMemory(int slot, long address, MemorySegment host) {
        addMemory(slot, 0, address, host);
    }

    @Override
    public boolean addReadOnlyMemory(int slot, long address, MemorySegment host) {
        if (limits.readOnlyMemory()) {
            addMemory(slot, UserMemoryRegionLayout.FLAG_READONLY, address, host);
        }
        return limits.readOnlyMemory();
    }

    private void addMemory(int slot, int flags, long address, MemorySegment host) {
        if (address + host.byteSize() > 1L << limits.guestAddressBits()) {
            throw new HostException(String.format(
                    "vm %s: cannot add memory of %d bytes at 0x%08x: this host's guests have addresses of %d bits;"
                            + " give the machine less memory",
                    name, host.byteSize(), address, limits.guestAddressBits()));
        }
        call(
                KvmIoctl.SET_USER_MEMORY_REGION,
                UserMemoryRegionLayout.LAYOUT,
                region -> UserMemoryRegionLayout.set(region, slot, flags, address, host),
                () -> String.format("add memory slot %d of %d bytes at 0x%08x", slot, host.byteSize(), address));
    }

    @Override
    public void createInterruptController(
            long distributor, long distributorBytes, long redistributors, long redistributorBytes) {
        interruptController = KvmInterruptController.create(
                "vm " + name, fd, distributor, distributorBytes, redistributors, redistributorBytes);
    }

    @Override
    public Vcpu createVcpu(int id) {
        String vcpuName = "vm " + name + ": vCPU " + id;
        int result = fd.ioctl(KvmIoctl.CREATE_VCPU, id);
        if (result < 0) {
            throw Errno.exception("vm " + name + ": cannot create vCPU " + id, -result);
        }
        FileDescriptor vcpu = FileDescriptor.owning(result, vcpuName);
        try {
            initialize(vcpu, vcpuName, id);
            interruptController.vcpuCreated();
            return new KvmVcpu(id, vcpuName, vcpu, Mapping.of(vcpu, limits.runBytes()));
        } catch (RuntimeException e) {
            vcpu.close();
            throw e;
        }
    }

    /** Makes it a processor of the host's kind, with PSCI and, but for the first, off. */
    private void initialize(FileDescriptor vcpu, String vcpuName, int id) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment init = arena.allocate(VcpuInitLayout.LAYOUT);
            Supplier<String> operation = () -> vcpuName + ": cannot make it a processor of the host's kind";
            StructIoctl.call(fd, KvmIoctl.ARM_PREFERRED_TARGET, init, operation);
            VcpuInitLayout.addFeature(init, VcpuInitLayout.FEATURE_PSCI_0_2);
            if (id != 0) {
                VcpuInitLayout.addFeature(init, VcpuInitLayout.FEATURE_POWER_OFF);
            }
            StructIoctl.call(vcpu, KvmIoctl.ARM_VCPU_INIT, init, operation);
        }
    }

    /** KVM follows the process's memory: what goes there goes here. */
    @Override
    public boolean discard(long address, long bytes) {
        return true;
    }

    /** Does nothing: KVM has no use for it, and the guest finds it by X0. */
    @Override
    public void setDeviceTree(long address, long bytes) {}

    @Override
    public void assignDoorbell(DoorbellKey key, EventFd target) {
        if (key.length() == 0 && !limits.anyLength()) {
            throw Errno.exception("vm " + name + ": cannot register the doorbell " + key, Errno.EOPNOTSUPP.number());
        }
        changeDoorbell("register", key, target, 0);
    }

    @Override
    public void deassignDoorbell(DoorbellKey key, EventFd target) {
        changeDoorbell("remove", key, target, IoEventFdLayout.FLAG_DEASSIGN);
    }

    private void changeDoorbell(String verb, DoorbellKey key, EventFd target, int flags) {
        int number = target.descriptor().number();
        int allFlags = flags | (key.match().isPresent() ? IoEventFdLayout.FLAG_DATAMATCH : 0);
        call(
                KvmIoctl.IOEVENTFD,
                IoEventFdLayout.LAYOUT,
                doorbell -> IoEventFdLayout.set(
                        doorbell, key.address(), key.length(), key.match().orElse(0), number, allFlags),
                () -> verb + " the doorbell " + key);
    }

    @Override
    public void assignInterrupt(int spi, EventFd source) {
        changeInterrupt("bind", spi, source, 0);
    }

    @Override
    public void deassignInterrupt(int spi, EventFd source) {
        changeInterrupt("release", spi, source, IrqFdLayout.FLAG_DEASSIGN);
    }

    private void changeInterrupt(String verb, int spi, EventFd source, int flags) {
        int number = source.descriptor().number();
        call(
                KvmIoctl.IRQFD,
                IrqFdLayout.LAYOUT,
                irqfd -> IrqFdLayout.set(irqfd, number, spi, flags),
                () -> verb + " interrupt SPI " + spi);
    }

    @Override
    public void close() {
        KvmInterruptController controller = interruptController;
        try (fd) {
            if (controller != null) {
                controller.close();
            }
        }
    }

    private void call(long request, StructLayout layout, Consumer<MemorySegment> fill, Supplier<String> operation) {
        StructIoctl.call(fd, request, layout, fill, () -> "vm " + name + ": cannot " + operation.get());
    }
}
