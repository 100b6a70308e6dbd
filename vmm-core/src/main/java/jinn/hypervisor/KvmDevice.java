package jinn.hypervisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jinn.error.HostException;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;
import jinn.uapi.kvm.KvmCapability;
import jinn.uapi.kvm.KvmIoctl;
import jinn.uapi.kvm.RunLayout;

/** The host kernel's hypervisor behind {@code /dev/kvm}. */
final class KvmDevice implements Hypervisor {

    /** What Jinn's guests may address: doorbells lie below it. */
    private static final int WANTED_ADDRESS_BITS = 40;

    /** What a VM has on a kernel that cannot choose. */
    private static final int DEFAULT_ADDRESS_BITS = 40;

    /** Everything that this package calls, but the GICv3: whether that is there, creating it shows. */
    private static final Map<Integer, String> REQUIRED = Map.of(
            KvmCapability.USER_MEMORY, "KVM_CAP_USER_MEMORY",
            KvmCapability.IRQFD, "KVM_CAP_IRQFD",
            KvmCapability.IOEVENTFD, "KVM_CAP_IOEVENTFD",
            KvmCapability.ONE_REG, "KVM_CAP_ONE_REG",
            KvmCapability.DEVICE_CTRL, "KVM_CAP_DEVICE_CTRL",
            KvmCapability.ARM_PSCI_0_2, "KVM_CAP_ARM_PSCI_0_2",
            KvmCapability.IMMEDIATE_EXIT, "KVM_CAP_IMMEDIATE_EXIT");

    private static final Map<Integer, String> FEATURES = Map.of(
            KvmCapability.IOEVENTFD_ANY_LENGTH, "any-length",
            KvmCapability.ARM_NISV_TO_USER, "nisv-to-user",
            KvmCapability.PTP_KVM, "ptp",
            KvmCapability.READONLY_MEM, "read-only-memory");

    private final FileDescriptor fd;

    private KvmDevice(FileDescriptor fd) {
        this.fd = fd;
    }

    /** Opens the device; throws as {@link HypervisorDevice#open}. */
    static KvmDevice open() {
        FileDescriptor fd = HypervisorDevice.KVM.openNode();
        try {
            KvmDevice device = new KvmDevice(fd);
            device.requireInterface();
            return device;
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    private void requireInterface() {
        List<String> missing = new ArrayList<>();
        if (fd.ioctl(KvmIoctl.GET_API_VERSION, 0) != KvmIoctl.API_VERSION) {
            missing.add("KVM_API_VERSION " + KvmIoctl.API_VERSION);
        }
        REQUIRED.forEach((capability, name) -> {
            if (checkExtension(capability) == 0) {
                missing.add(name);
            }
        });
        if (!missing.isEmpty()) {
            missing.sort(null);
            throw new HostException("cannot use " + fd + ": this kernel's KVM lacks " + String.join(", ", missing)
                    + "; use Linux 4.13 or later");
        }
    }

    @Override
    public HypervisorTraits traits() {
        List<String> features = FEATURES.entrySet().stream()
                .filter(feature -> checkExtension(feature.getKey()) != 0)
                .map(Map.Entry::getValue)
                .sorted()
                .toList();
        // Guest memory is the process's own and stays pageable.
        return new HypervisorTraits("kvm", addressBits(), false, false, features);
    }

    @Override
    public Vm createVm(String name) {
        int wanted = checkExtension(KvmCapability.ARM_VM_IPA_SIZE) == 0 ? 0 : addressBits();
        int result = fd.ioctl(KvmIoctl.CREATE_VM, wanted);
        if (result < 0) {
            throw Errno.exception("vm " + name + ": cannot create it with " + HypervisorDevice.KVM.path(), -result);
        }
        FileDescriptor vm = FileDescriptor.owning(result, "vm " + name);
        try {
            boolean anyLength = checkExtension(KvmCapability.IOEVENTFD_ANY_LENGTH) != 0;
            boolean readOnlyMemory = checkExtension(KvmCapability.READONLY_MEM) != 0;
            KvmVm created = new KvmVm(name, vm, new KvmVm.Limits(addressBits(), runBytes(), anyLength, readOnlyMemory));
            if (checkExtension(KvmCapability.ARM_NISV_TO_USER) != 0) {
                created.enable(KvmCapability.ARM_NISV_TO_USER);
            }
            return created;
        } catch (RuntimeException e) {
            vm.close();
            throw e;
        }
    }

    private int addressBits() {
        int widest = checkExtension(KvmCapability.ARM_VM_IPA_SIZE);
        return widest == 0 ? DEFAULT_ADDRESS_BITS : Math.min(widest, WANTED_ADDRESS_BITS);
    }

    private int runBytes() {
        int bytes = fd.ioctl(KvmIoctl.GET_VCPU_MMAP_SIZE, 0);
        if (bytes < RunLayout.LAYOUT.byteSize()) {
            throw Errno.exception("cannot ask " + fd + " for the size of a vCPU's run page", Math.max(0, -bytes));
        }
        return bytes;
    }

    /** Returns the kernel's answer, 0 for no. */
    private int checkExtension(int capability) {
        return Math.max(0, fd.ioctl(KvmIoctl.CHECK_EXTENSION, capability));
    }

    @Override
    public void close() {
        fd.close();
    }
}
