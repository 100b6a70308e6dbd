package jinn.hypervisor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import jinn.error.HostException;
import jinn.error.SyscallException;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;
import jinn.posix.NativeAccess;
import jinn.uapi.GzvmCapability;
import jinn.uapi.GzvmIoctl;

/** The device node {@code /dev/gzvm}: creates VMs and tells what the driver can do. */
public final class GzvmDevice implements Hypervisor {

    /** The device node. */
    public static final String PATH = "/dev/gzvm";

    /** The only VM type there is. */
    private static final long VM_TYPE_LINUX = 0;

    private static final Map<Long, String> JINN_FEATURES = Map.of(
            GzvmCapability.JINN_DATAMATCH_SHARED, "datamatch-shared",
            GzvmCapability.JINN_NO_LOST_EXIT, "no-lost-exit",
            GzvmCapability.JINN_SLOT_DELETE, "slot-delete",
            GzvmCapability.JINN_GET_ONE_REG, "get-one-reg");

    private static final Map<Integer, String> OPEN_REMEDIES = Map.of(
            Errno.ENOENT.number(), "load gzvm.ko on an arm64 host that runs under GenieZone or gzhyp",
            Errno.ENODEV.number(), "load gzvm.ko on an arm64 host that runs under GenieZone or gzhyp",
            Errno.ENXIO.number(), "load gzvm.ko on an arm64 host that runs under GenieZone or gzhyp",
            Errno.EACCES.number(), "run as root, or as a member of the group that owns the node",
            Errno.EPERM.number(), "run as root, or as a member of the group that owns the node");

    private final FileDescriptor fd;

    private GzvmDevice(FileDescriptor fd) {
        this.fd = fd;
    }

    /**
     * Opens the device.
     *
     * @throws HostException when this host, this JVM or this user cannot; the message says what to do
     */
    public static GzvmDevice open() {
        requireArm64Linux();
        NativeAccess.require();
        try {
            return new GzvmDevice(FileDescriptor.open(PATH));
        } catch (SyscallException e) {
            String remedy = OPEN_REMEDIES.get(e.errno());
            throw new HostException(e.getMessage() + (remedy == null ? "" : "; " + remedy), e);
        }
    }

    /** Returns whether this is the driver of this project, with at least some of its extensions. */
    public boolean isJinn() {
        return checkExtension(GzvmCapability.JINN).isPresent();
    }

    /** Returns the names of the extensions of this project's driver, in alphabetical order. */
    public List<String> jinnFeatures() {
        long mask = checkExtension(GzvmCapability.JINN).orElse(0);
        return JINN_FEATURES.entrySet().stream()
                .filter(feature -> (mask & feature.getKey()) != 0)
                .map(Map.Entry::getValue)
                .sorted()
                .toList();
    }

    /** Returns the width of a guest-physical address in bits; 0 when the driver does not tell. */
    public int guestAddressBits() {
        return (int) checkExtension(GzvmCapability.VM_GPA_SIZE).orElse(0);
    }

    /** Returns whether the driver offers protected VMs. */
    public boolean hasProtectedVms() {
        return checkExtension(GzvmCapability.PROTECTED_VM).orElse(0) == 1;
    }

    @Override
    public Vm createVm(String name) {
        int result = fd.ioctl(GzvmIoctl.CREATE_VM, VM_TYPE_LINUX);
        if (result < 0) {
            throw Errno.exception("vm " + name + ": cannot create it with " + PATH, -result);
        }
        return new GzvmVm(name, FileDescriptor.owning(result, "vm " + name));
    }

    @Override
    public void close() {
        fd.close();
    }

    /** Returns the driver's answer, or nothing when it does not know the capability. */
    private OptionalLong checkExtension(long capability) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment word = arena.allocate(ValueLayout.JAVA_LONG);
            word.set(ValueLayout.JAVA_LONG, 0, capability);
            int result = fd.ioctl(GzvmIoctl.CHECK_EXTENSION, word);
            return result < 0 ? OptionalLong.empty() : OptionalLong.of(word.get(ValueLayout.JAVA_LONG, 0));
        }
    }

    private static void requireArm64Linux() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String architecture = System.getProperty("os.arch");
        if (!system.equals("linux") || !architecture.equals("aarch64")) {
            throw new HostException("cannot run a VM on " + system + "/" + architecture
                    + ": GenieZone guests need an arm64 Linux host; use 'make run' to boot one in QEMU");
        }
    }
}
