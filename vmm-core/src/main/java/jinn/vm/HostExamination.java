package jinn.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jinn.error.VmmException;
import jinn.hypervisor.GzvmDevice;
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
     * Examines this host. Where the driver is there, a VM without memory is made and given up again, to see which
     * doorbells the driver takes. Does not fail: what is wrong is a finding.
     */
    public static List<Finding> examine() {
        HostExamination examination = new HostExamination();
        boolean canCall = examination.examineProcess();
        if (examination.examineNode() && canCall) {
            examination.examineDriver();
        }
        if (canCall) {
            examination.examineLimits();
        }
        return List.copyOf(examination.findings);
    }

    /** Returns whether native functions can be called. */
    private boolean examineProcess() {
        String platform = System.getProperty("os.name").toLowerCase(Locale.ROOT) + "/" + System.getProperty("os.arch");
        findings.add(
                platform.equals("linux/aarch64")
                        ? Finding.good("platform", platform)
                        : Finding.bad(
                                "platform",
                                platform + ", but GenieZone guests need an arm64 Linux host",
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

    /** Returns whether the device node is there. */
    private boolean examineNode() {
        Path node = Path.of(GzvmDevice.PATH);
        if (!Files.exists(node)) {
            findings.add(Finding.bad(
                    "device",
                    node + " does not exist",
                    "load gzvm.ko on an arm64 host that runs under GenieZone or gzhyp"));
            return false;
        }
        boolean usable = Files.isReadable(node) && Files.isWritable(node);
        String shown = node + " " + describe(node);
        findings.add(
                usable
                        ? Finding.good("device", shown)
                        : Finding.bad(
                                "device",
                                shown + ": not readable and writable for this user",
                                "run as root, or as a member of the group that owns the node"));
        return usable;
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

    private void examineDriver() {
        try (GzvmDevice device = GzvmDevice.open()) {
            findings.add(
                    device.isJinn()
                            ? Finding.good("driver", "jinn, with " + String.join(", ", device.jinnFeatures()))
                            : Finding.good("driver", "mediatek, without Jinn's extensions"));
            int bits = device.guestAddressBits();
            findings.add(Finding.good("addresses", bits == 0 ? "the driver does not tell" : bits + " bits"));
            try (Vm vm = device.createVm("doctor")) {
                findings.addAll(DoorbellProbe.probe(vm));
            }
        } catch (VmmException e) {
            findings.add(Finding.bad("driver", e.getMessage(), "look at the kernel's log with 'dmesg'"));
        }
    }

    private void examineLimits() {
        HostLimits limits = HostLimits.ask();
        findings.add(
                limits.openFiles() >= FEW_FILES
                        ? Finding.good("open files", shown(limits.openFiles(), 0))
                        : Finding.warning(
                                "open files",
                                shown(limits.openFiles(), 0) + " (RLIMIT_NOFILE); each doorbell is one",
                                "raise the limit with 'ulimit -Hn', or LimitNOFILE= in a systemd unit"));
        findings.add(
                limits.lockedBytes() >= DEFAULT_MEMORY_BYTES
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
