package jinn.hypervisor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.function.Consumer;
import java.util.function.Supplier;
import jinn.posix.Errno;
import jinn.posix.EventFd;
import jinn.posix.FileDescriptor;
import jinn.uapi.CreateDeviceLayout;
import jinn.uapi.DtbConfigLayout;
import jinn.uapi.EnableCapLayout;
import jinn.uapi.GzvmCapability;
import jinn.uapi.GzvmIoctl;
import jinn.uapi.IoEventFdLayout;
import jinn.uapi.IrqFdLayout;
import jinn.uapi.UserMemoryRegionLayout;

/** A VM descriptor of {@code /dev/gzvm}. */
final class GzvmVm implements Vm {

    private final String name;
    private final FileDescriptor fd;
    private final boolean readOnlyMemory;

    /** Takes over a VM descriptor; {@code readOnlyMemory} says whether the driver and its hypervisor have such slots. */
    GzvmVm(String name, FileDescriptor fd, boolean readOnlyMemory) {
        this.name = name;
        this.fd = fd;
        this.readOnlyMemory = readOnlyMemory;
    }

    @Override
    public void addMemory(int slot, long address, MemorySegment host) {
        addMemory(slot, UserMemoryRegionLayout.FLAG_GUEST_MEM, address, host);
    }

    @Override
    public void addSharedMemory(int slot, long address, MemorySegment host) {
        addMemory(slot, UserMemoryRegionLayout.FLAG_STATIC_SWIOTLB, address, host);
    }

    /** Only for a driver that says so: others would take the flag for one of the hypervisor's. */
    @Override
    public boolean addReadOnlyMemory(int slot, long address, MemorySegment host) {
        if (readOnlyMemory) {
            addMemory(slot, UserMemoryRegionLayout.FLAG_READ_ONLY, address, host);
        }
        return readOnlyMemory;
    }

    private void addMemory(int slot, int purpose, long address, MemorySegment host) {
        call(
                GzvmIoctl.SET_USER_MEMORY_REGION,
                UserMemoryRegionLayout.LAYOUT,
                region -> UserMemoryRegionLayout.set(region, slot, purpose, address, host),
                () -> String.format("add memory slot %d of %d bytes at 0x%08x", slot, host.byteSize(), address));
    }

    @Override
    public void protect() {
        call(
                GzvmIoctl.ENABLE_CAP,
                EnableCapLayout.LAYOUT,
                enable -> EnableCapLayout.set(enable, GzvmCapability.PROTECTED_VM, EnableCapLayout.SET_PROTECTED_VM),
                () -> "protect its memory");
    }

    /** Only Jinn's driver can: the published ones keep a guest's pages pinned until its end. */
    @Override
    public boolean discard(long address, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment enable = arena.allocate(EnableCapLayout.LAYOUT);
            EnableCapLayout.set(enable, GzvmCapability.JINN, GzvmCapability.JINN_DISCARD, address, bytes);
            return fd.ioctl(GzvmIoctl.ENABLE_CAP, enable) == 0;
        }
    }

    @Override
    public void createInterruptController(
            long distributor, long distributorBytes, long redistributors, long redistributorBytes) {
        createDevice("GIC distributor", CreateDeviceLayout.TYPE_VGIC_V3_DIST, distributor, distributorBytes);
        createDevice("GIC redistributors", CreateDeviceLayout.TYPE_VGIC_V3_REDIST, redistributors, redistributorBytes);
    }

    private void createDevice(String words, int type, long address, long bytes) {
        call(
                GzvmIoctl.CREATE_DEVICE,
                CreateDeviceLayout.LAYOUT,
                device -> CreateDeviceLayout.set(device, type, address, bytes),
                () -> String.format("create the %s at 0x%08x", words, address));
    }

    @Override
    public Vcpu createVcpu(int id) {
        int result = fd.ioctl(GzvmIoctl.CREATE_VCPU, id);
        if (result < 0) {
            throw Errno.exception("vm " + name + ": cannot create vCPU " + id, -result);
        }
        String vcpuName = "vm " + name + ": vCPU " + id;
        return new GzvmVcpu(id, vcpuName, FileDescriptor.owning(result, vcpuName));
    }

    @Override
    public void setDeviceTree(long address, long bytes) {
        call(
                GzvmIoctl.SET_DTB_CONFIG,
                DtbConfigLayout.LAYOUT,
                config -> DtbConfigLayout.set(config, address, bytes),
                () -> String.format("place the device tree of %d bytes at 0x%08x", bytes, address));
    }

    @Override
    public void assignDoorbell(DoorbellKey key, EventFd target) {
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
                GzvmIoctl.IOEVENTFD,
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
                GzvmIoctl.IRQFD,
                IrqFdLayout.LAYOUT,
                irqfd -> IrqFdLayout.set(irqfd, number, spi, flags),
                () -> verb + " interrupt SPI " + spi);
    }

    @Override
    public void close() {
        fd.close();
    }

    private void call(long request, StructLayout layout, Consumer<MemorySegment> fill, Supplier<String> operation) {
        StructIoctl.call(fd, request, layout, fill, () -> "vm " + name + ": cannot " + operation.get());
    }
}
