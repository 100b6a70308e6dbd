package jinn.hypervisor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;
import jinn.uapi.GzvmCapability;
import jinn.uapi.GzvmIoctl;

/** The hypervisor behind {@code /dev/gzvm}. */
final class GzvmDevice implements Hypervisor {

    /** The only VM type there is. */
    private static final long VM_TYPE_LINUX = 0;

    /** The driver of this project. */
    private static final String FLAVOUR_JINN = "jinn";

    /** A driver with MediaTek's interface and none of Jinn's extensions. */
    private static final String FLAVOUR_MEDIATEK = "mediatek";

    private static final Map<Long, String> JINN_FEATURES = Map.of(
            GzvmCapability.JINN_DATAMATCH_SHARED, "datamatch-shared",
            GzvmCapability.JINN_NO_LOST_EXIT, "no-lost-exit",
            GzvmCapability.JINN_SLOT_DELETE, "slot-delete",
            GzvmCapability.JINN_GET_ONE_REG, "get-one-reg",
            GzvmCapability.JINN_DISCARD, "discard",
            GzvmCapability.JINN_READ_ONLY, "read-only-memory");

    private final FileDescriptor fd;

    private GzvmDevice(FileDescriptor fd) {
        this.fd = fd;
    }

    /** Opens the device; throws as {@link HypervisorDevice#open}. */
    static GzvmDevice open() {
        return new GzvmDevice(HypervisorDevice.GZVM.openNode());
    }

    @Override
    public HypervisorTraits traits() {
        OptionalLong jinn = checkExtension(GzvmCapability.JINN);
        return new HypervisorTraits(
                jinn.isPresent() ? FLAVOUR_JINN : FLAVOUR_MEDIATEK,
                (int) checkExtension(GzvmCapability.VM_GPA_SIZE).orElse(0),
                checkExtension(GzvmCapability.PROTECTED_VM).orElse(0) == 1,
                // Jinn's driver charges the pages that it pins to the process.
                jinn.isPresent(),
                featuresOf(jinn.orElse(0)));
    }

    /** Returns the names of the extensions in the mask, in alphabetical order. */
    private static List<String> featuresOf(long mask) {
        return JINN_FEATURES.entrySet().stream()
                .filter(feature -> (mask & feature.getKey()) != 0)
                .map(Map.Entry::getValue)
                .sorted()
                .toList();
    }

    @Override
    public Vm createVm(String name) {
        int result = fd.ioctl(GzvmIoctl.CREATE_VM, VM_TYPE_LINUX);
        if (result < 0) {
            throw Errno.exception("vm " + name + ": cannot create it with " + HypervisorDevice.GZVM.path(), -result);
        }
        boolean readOnlyMemory = (checkExtension(GzvmCapability.JINN).orElse(0) & GzvmCapability.JINN_READ_ONLY) != 0;
        return new GzvmVm(name, FileDescriptor.owning(result, "vm " + name), readOnlyMemory);
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
}
