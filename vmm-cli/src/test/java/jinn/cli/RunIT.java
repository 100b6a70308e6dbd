package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.regex.Pattern;
import jinn.cli.LabBoot.Result;
import org.junit.jupiter.api.Test;

/** {@code jinn} on gzvm.ko and gzhyp, and everything that needs a driver to come and go. */
final class RunIT extends GuestRuns {

    private static final String WRITE_CONFIGS = """
            echo '{"boot": {"kernel": "/bin/busybox"}}' >/tmp/configs/elf.json
            echo '{"boot": {"kernel": "/jinn/build/guests/hello.bin", "initrd": "none"}}' >/tmp/configs/no-initrd.json
            echo '{"hypervisor": "kvm", "boot": {"kernel": "/jinn/build/guests/hello.bin"}}' >/tmp/configs/kvm.json
            """;

    /** The driver takes its last objects down on a work queue. */
    private static final String SHOW_WHAT_IS_LEFT = """
            await '[ "$(cat /sys/kernel/gzvm/vms)" = 0 ]'
            for counter in vms vcpus doorbells irqfds pinned_pages; do
                echo "left: $counter $(cat /sys/kernel/gzvm/$counter)"
            done
            """;

    /** A process that is stopped answers nobody. */
    private static final String FREEZE_SPIN = """
            kill -STOP $pid
            jinn stop spin
            wait $pid
            echo "run: $?"
            jinn ps
            """;

    @Override
    LabBoot machine() {
        return LabHypervisor.GZVM.machine();
    }

    @Override
    String node() {
        return "/dev/gzvm";
    }

    @Override
    String countVms() {
        return "cat /sys/kernel/gzvm/vms";
    }

    @Override
    void addCommands(LabBoot boot) {
        boot.command("more-configs", WRITE_CONFIGS)
                .command("check", "jinn check /jinn/configs/*.json")
                .command("no-driver", "rmmod gzvm; jinn run /tmp/configs/hello.json")
                .command("driver", "insmod /lib/modules/gzvm.ko")
                .command("kvm", "jinn run /tmp/configs/kvm.json")
                .command("crash", "jinn run /tmp/configs/crash.json")
                .command("elf", "jinn run /tmp/configs/elf.json")
                .command("no-initrd", "jinn run /tmp/configs/no-initrd.json")
                .command("full-disk", "jinn run --report /dev/full /tmp/configs/hello.json")
                .command("frozen", startSpin() + FREEZE_SPIN + SHOW_WHAT_IS_LEFT);
    }

    @Override
    String showWhatIsLeft() {
        return SHOW_WHAT_IS_LEFT;
    }

    @Override
    void assertNothingLeft(Result result) {
        for (String counter : new String[] {"vms", "vcpus", "doorbells", "irqfds", "pinned_pages"}) {
            result.assertEnds(0, "left: " + counter + " 0");
        }
    }

    @Test
    void everyShippedConfigIsInOrder() {
        result("check").assertEnds(0, "vm doorbells: ", "vm linux: ", "vm linux-serial: ", "vm storm: ");
    }

    @Test
    void withoutTheDriverOneLineSaysWhatToLoad() {
        Result result = result("no-driver");
        result.assertEnds(1, "/dev/gzvm", "load gzvm.ko");
        assertOneLineOfError(result);
    }

    @Test
    void infoNamesTheDriver() {
        result("driver").assertEnds(0);
        result("info").assertEnds(0, "  driver     jinn");
    }

    @Test
    void withoutTheHypervisorThatTheDescriptionNamesOneLineSaysWhereToGetIt() {
        Result result = result("kvm");
        result.assertEnds(1, "cannot open /dev/kvm: ", "(ENOENT); use an arm64 host whose kernel has KVM");
        assertOneLineOfError(result);
    }

    @Test
    void aGuestThatCrashesIsTold() {
        result("crash").assertEnds(11, "vm crash: guest crashed: ");
    }

    @Test
    void aKernelThatIsNoImageIsAnImageError() {
        Result result = result("elf");
        result.assertEnds(4, "/bin/busybox", "expected an arm64 Image");
        assertOneLineOfError(result);
    }

    @Test
    void aMissingInitrdIsAConfigError() {
        Result result = result("no-initrd");
        result.assertEnds(3, "/tmp/configs/no-initrd.json:1:", "$.boot.initrd: \"none\": ", "does not exist");
        assertOneLineOfError(result);
    }

    @Test
    void aReportThatCannotBeWrittenIsAFailure() {
        result("full-disk").assertEnds(1, "vm hello: guest powered off", "jinn: cannot write the report /dev/full: ");
    }

    @Test
    void aVmWhoseProcessIsStoppedIsKilledInTime() {
        Result result = result("frozen");
        result.assertEnds(0, "vm spin: killed, because it did not answer, after ", "run: 137");
        assertFalse(Pattern.compile("(?m)^spin ").matcher(result.output()).find(), result.output());
        assertNothingLeft(result);
    }
}
