package jinn.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jinn.error.VmmException;
import jinn.hypervisor.HostPlatform;
import jinn.hypervisor.Hypervisor;
import jinn.hypervisor.HypervisorDevice;
import jinn.hypervisor.HypervisorTraits;
import jinn.hypervisor.Vm;
import jinn.posix.NativeAccess;

/** Looks at everything that Jinn needs of a host. */
public final class HostExamination {

    /** Below this, a VM with some hundred doorbells does not fit. */
    private static final long FEW_FILES = 1024;

    /** The memory of a VM whose description does not say it. */
    private static final long DEFAULT_MEMORY_BYTES = 256L << 20;

    private static final int MIB_SHIFT = 20;

    private final List<Finding> findings = new ArrayList<>();

    private HostExamination() {}

    /**
     * Examines this host. Where a hypervisor is there, a VM without memory is made and given up again, to see which
     * doorbells it takes. Does not fail: what is wrong is a finding.
     */
    public static List<Finding> examine() {
        HostExamination examination = new HostExamination();
        boolean canCall = examination.examineProcess();
        Optional<HypervisorDevice> usable = examination.examineNodes();
        if (canCall) {
            boolean locksMemory = usable.map(examination::examineHypervisor).orElse(true);
            examination.examineLimits(locksMemory);
        }
        return List.copyOf(examination.findings);
    }

    /** Returns whether native functions can be called. */
    private boolean examineProcess() {
        findings.add(
                HostPlatform.isFit()
                        ? Finding.good("platform", HostPlatform.name())
                        : Finding.bad(
                                "platform",
                                HostPlatform.name() + ", but guests need an arm64 Linux host",
                                "use 'make run' to boot one in QEMU"));
        findings.add(Finding.good("java", Runtime.version().toString()));
        try {
            NativeAccess.require();
            return true;
        } catch (VmmException e) {
            findings.add(Finding.bad("native access", "this JVM may not call native functions", e.getMessage()));
            return false;
        }
    }

    /** Returns the device that VMs run on unless they ask for another one, if it can be opened. */
    private Optional<HypervisorDevice> examineNodes() {
        Optional<HypervisorDevice> taken = HypervisorSelection.automatic();
        for (HypervisorDevice device : HypervisorDevice.values()) {
            findings.add(examineNode(device, taken));
        }
        return taken.filter(HostExamination::isAccessible);
    }

    private static Finding examineNode(HypervisorDevice device, Optional<HypervisorDevice> taken) {
        if (!device.isPresent()) {
            String text = device.path() + " does not exist";
            return taken.map(other -> Finding.good("device", text + "; VMs run on " + other.path()))
                    .orElseGet(() -> Finding.bad("device", text, device.absenceRemedy()));
        }
        if (!HostPlatform.isFit()) {
            String text = device.path() + " of " + HostPlatform.name() + " runs no arm64 guests";
            return Finding.bad("device", text, "use an arm64 host");
        }
        String shown = device.path() + " " + describe(Path.of(device.path()));
        if (isAccessible(device)) {
            return Finding.good("device", shown);
        }
        String text = shown + ": not readable and writable for this user";
        return taken.filter(device::equals).isPresent()
                ? Finding.bad("device", text, device.permissionRemedy())
                : Finding.warning("device", text, device.permissionRemedy());
    }

    private static boolean isAccessible(HypervisorDevice device) {
        Path node = Path.of(device.path());
        return Files.isReadable(node) && Files.isWritable(node);
    }

    private static String describe(Path node) {
        try {
            PosixFileAttributes attributes = Files.readAttributes(node, PosixFileAttributes.class);
            return "(" + attributes.owner().getName() + ":" + attributes.group().getName() + " "
                    + PosixFilePermissions.toString(attributes.permissions()) + ")";
        } catch (IOException e) {
            return "(" + e.getMessage() + ")";
        }
    }

    /** Returns whether the memory of its VMs counts as locked. */
    private boolean examineHypervisor(HypervisorDevice device) {
        try (Hypervisor hypervisor = device.open()) {
            HypervisorTraits traits = hypervisor.traits();
            String features =
                    traits.features().isEmpty() ? "without extensions" : "with " + String.join(", ", traits.features());
            findings.add(Finding.good("driver", traits.flavour() + ", " + features));
            int bits = traits.guestAddressBits();
            findings.add(Finding.good("addresses", bits == 0 ? "the driver does not tell" : bits + " bits"));
            try (Vm vm = hypervisor.createVm("doctor")) {
                findings.addAll(DoorbellProbe.probe(vm));
            }
            return traits.locksMemory();
        } catch (VmmException e) {
            findings.add(Finding.bad("driver", e.getMessage(), "look at the kernel's log with 'dmesg'"));
            return true;
        }
    }

    private void examineLimits(boolean locksMemory) {
        HostLimits limits = HostLimits.ask();
        findings.add(
                limits.openFiles() >= FEW_FILES
                        ? Finding.good("open files", shown(limits.openFiles(), 0))
                        : Finding.warning(
                                "open files",
                                shown(limits.openFiles(), 0) + " (RLIMIT_NOFILE); each doorbell is one",
                                "raise the limit with 'ulimit -Hn', or LimitNOFILE= in a systemd unit"));
        findings.add(
                !locksMemory || limits.lockedBytes() >= DEFAULT_MEMORY_BYTES
                        ? Finding.good("locked memory", shown(limits.lockedBytes(), MIB_SHIFT))
                        : Finding.warning(
                                "locked memory",
                                shown(limits.lockedBytes(), MIB_SHIFT)
                                        + " (RLIMIT_MEMLOCK); Jinn's driver charges all of a guest's memory",
                                "raise the limit with 'ulimit -l', LimitMEMLOCK= in a systemd unit, or CAP_IPC_LOCK"));
    }

    private static String shown(long limit, int shift) {
        if (limit == Long.MAX_VALUE) {
            return "no limit";
        }
        return "at most " + (limit >> shift) + (shift == 0 ? "" : " MiB");
    }
}
