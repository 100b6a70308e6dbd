package jinn.hypervisor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import jinn.error.HostException;
import jinn.error.SyscallException;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;
import jinn.uapi.kvm.CreateDeviceLayout;
import jinn.uapi.kvm.DeviceAttrLayout;
import jinn.uapi.kvm.KvmIoctl;

/**
 * The GICv3 of a KVM VM.
 *
 * <p>KVM wants it started when the last vCPU is there and before the first interrupt is bound (KVM_IRQFD gives EAGAIN
 * before). How many there will be, the size of the redistributors tells.
 */
final class KvmInterruptController implements AutoCloseable {

    /** What KVM gives to the distributor. */
    private static final long DISTRIBUTOR_BYTES = 0x1_0000L;

    /** What KVM gives to each redistributor. */
    private static final long REDISTRIBUTOR_BYTES = 0x2_0000L;

    /** 16 SGIs, 16 PPIs and 224 SPIs: more than the machine has, and a multiple of 32 as KVM wants it. */
    private static final int INTERRUPTS = 256;

    private final String vmName;
    private final FileDescriptor fd;
    private long vcpusToCome;

    private KvmInterruptController(String vmName, FileDescriptor fd, long vcpus) {
        this.vmName = vmName;
        this.fd = fd;
        this.vcpusToCome = vcpus;
    }

    /**
     * Makes a GICv3 for as many vCPUs as the redistributors have room for.
     *
     * @param vmName for messages, {@code vm NAME}
     */
    static KvmInterruptController create(
            String vmName,
            FileDescriptor vm,
            long distributor,
            long distributorBytes,
            long redistributors,
            long redistributorBytes) {
        if (distributorBytes != DISTRIBUTOR_BYTES || redistributorBytes % REDISTRIBUTOR_BYTES != 0) {
            throw new IllegalArgumentException("KVM's GICv3 has a distributor of 0x10000 bytes and redistributors of"
                    + " 0x20000, not " + distributorBytes + " and " + redistributorBytes);
        }
        FileDescriptor fd = createDevice(vmName, vm);
        try {
            KvmInterruptController controller =
                    new KvmInterruptController(vmName, fd, redistributorBytes / REDISTRIBUTOR_BYTES);
            controller.setAddress("GIC distributor", DeviceAttrLayout.VGIC_ADDRESS_DISTRIBUTOR, distributor);
            controller.setAddress("GIC redistributors", DeviceAttrLayout.VGIC_ADDRESS_REDISTRIBUTORS, redistributors);
            controller.setInterrupts();
            return controller;
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    private static FileDescriptor createDevice(String vmName, FileDescriptor vm) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment device = arena.allocate(CreateDeviceLayout.LAYOUT);
            CreateDeviceLayout.set(device, CreateDeviceLayout.TYPE_VGIC_V3);
            StructIoctl.call(vm, KvmIoctl.CREATE_DEVICE, device, () -> vmName + ": cannot create the GICv3");
            return FileDescriptor.owning(CreateDeviceLayout.fd(device), vmName + ": GICv3");
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENODEV.number()) {
                throw new HostException(e.getMessage() + "; use a host whose interrupt controller is a GICv3", e);
            }
            throw e;
        }
    }

    private void setAddress(String words, long attribute, long address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_LONG, address);
            String operation = String.format(Locale.ROOT, "place the %s at 0x%08x", words, address);
            set(DeviceAttrLayout.VGIC_GROUP_ADDRESS, attribute, value, operation);
        }
    }

    private void setInterrupts() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_INT, INTERRUPTS);
            set(DeviceAttrLayout.VGIC_GROUP_INTERRUPTS, 0, value, "give the GICv3 " + INTERRUPTS + " interrupts");
        }
    }

    private void set(int group, long attribute, MemorySegment value, String operation) {
        StructIoctl.call(
                fd,
                KvmIoctl.SET_DEVICE_ATTR,
                DeviceAttrLayout.LAYOUT,
                attr -> DeviceAttrLayout.set(attr, group, attribute, value),
                () -> vmName + ": cannot " + operation);
    }

    /** A vCPU has been made. The last one starts the controller. */
    synchronized void vcpuCreated() {
        vcpusToCome--;
        if (vcpusToCome == 0) {
            set(
                    DeviceAttrLayout.VGIC_GROUP_CONTROL,
                    DeviceAttrLayout.VGIC_CONTROL_INIT,
                    MemorySegment.NULL,
                    "start the GICv3");
        }
    }

    /** Gives the descriptor up; the controller lives on with the VM. */
    @Override
    public void close() {
        fd.close();
    }
}
