package jinn.hypervisor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import jinn.error.HostException;
import jinn.error.SyscallException;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;

/** The device nodes through which the kernel offers a hypervisor, the preferred one first. */
public enum HypervisorDevice {
    /** GenieZone, or gzhyp, by the driver gzvm.ko. */
    GZVM("/dev/gzvm", "load gzvm.ko on an arm64 host that runs under GenieZone or gzhyp"),
    /** The host kernel's own. */
    KVM("/dev/kvm", "use an arm64 host whose kernel has KVM and was entered at EL2");

    private static final String PERMISSION_REMEDY = "run as root, or as a member of the group that owns the node";

    private final String path;
    private final String absenceRemedy;

    HypervisorDevice(String path, String absenceRemedy) {
        this.path = path;
        this.absenceRemedy = absenceRemedy;
    }

    /** Returns the path of the node. */
    public String path() {
        return path;
    }

    /** Returns whether the node exists, usable or not. */
    public boolean isPresent() {
        return Files.exists(Path.of(path));
    }

    /** Returns what to do when the node does not exist. */
    public String absenceRemedy() {
        return absenceRemedy;
    }

    /** Returns what to do when the node may not be opened. */
    public String permissionRemedy() {
        return PERMISSION_REMEDY;
    }

    /**
     * Opens the hypervisor.
     *
     * @throws HostException when this host, this JVM or this user cannot; the message says what to do
     */
    public Hypervisor open() {
        return switch (this) {
            case GZVM -> GzvmDevice.open();
            case KVM -> KvmDevice.open();
        };
    }

    /** Opens the node, and says what to do when that fails. */
    FileDescriptor openNode() {
        HostPlatform.require();
        try {
            return FileDescriptor.open(path);
        } catch (SyscallException e) {
            String remedy = remedies().get(e.errno());
            throw new HostException(e.getMessage() + (remedy == null ? "" : "; " + remedy), e);
        }
    }

    private Map<Integer, String> remedies() {
        return Map.of(
                Errno.ENOENT.number(), absenceRemedy,
                Errno.ENODEV.number(), absenceRemedy,
                Errno.ENXIO.number(), absenceRemedy,
                Errno.EACCES.number(), PERMISSION_REMEDY,
                Errno.EPERM.number(), PERMISSION_REMEDY,
                Errno.EBUSY.number(), "end the other program that has the node to itself");
    }
}
