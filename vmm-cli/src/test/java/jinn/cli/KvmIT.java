package jinn.cli;

import jinn.cli.LabBoot.Result;
import org.junit.jupiter.api.Test;

/** {@code jinn} on the KVM of a host without gzhyp: the same descriptions come to the same ends. */
final class KvmIT extends GuestRuns {

    private static final String WRITE_CONFIGS = """
            echo '{"boot": {"kernel": "/jinn/build/guests/smp.bin"}, "serial": {"target": "output"},
                   "machine": {"cpus": 4}}' >/tmp/configs/smp.json
            echo '{"hypervisor": "gzvm", "boot": {"kernel": "/jinn/build/guests/hello.bin"}}' >/tmp/configs/gzvm.json
            """;

    /** Runs the config $1; a line is typed when what is before it has been shown. Tells jinn's exit code at the end. */
    private static final String TYPE = """
            type_at() {
                rm -f /tmp/keys
                mkfifo /tmp/keys
                trap '' PIPE
                { jinn run "$1" </tmp/keys; echo "run: $?"; } >/tmp/linux.log 2>&1 &
                exec 3>/tmp/keys
                shift
                while [ $# -gt 0 ]; do
                    await "grep -q -e '$1' -e '^run: ' /tmp/linux.log"
                    echo "$2" >&3
                    shift 2
                done
                wait
                cat /tmp/linux.log
            }
            """;

    private static final String LINUX_SERIAL = TYPE + """
            type_at /jinn/configs/linux-serial.json \\
                '2 CPU, on ttyAMA0' 'devmem 0x0b000000 32 1' \\
                'doorbell demo: 1' 'poweroff -f'
            """;

    /** The kernel shows a directory for each VM. It takes them away with the last reference to the VM. */
    private static final String COUNT_VMS = "ls -d /sys/kernel/debug/kvm/[0-9]* 2>/dev/null | wc -l";

    private static final String SHOW_WHAT_IS_LEFT = """
            await '[ "$(%1$s)" = 0 ]'
            echo "left: $(%1$s) VM"
            """.formatted(COUNT_VMS);

    @Override
    LabBoot machine() {
        return LabHypervisor.KVM.machine();
    }

    @Override
    String node() {
        return "/dev/kvm";
    }

    @Override
    String countVms() {
        return COUNT_VMS;
    }

    @Override
    void addCommands(LabBoot boot) {
        boot.command("more-configs", WRITE_CONFIGS)
                .command("gzvm", "jinn run /tmp/configs/gzvm.json")
                .command("smp", "jinn run /tmp/configs/smp.json")
                .command("linux-serial", LINUX_SERIAL);
    }

    @Override
    String showWhatIsLeft() {
        return SHOW_WHAT_IS_LEFT;
    }

    @Override
    void assertNothingLeft(Result result) {
        result.assertEnds(0, "left: 0 VM");
    }

    @Test
    void infoNamesTheHypervisor() {
        result("info").assertEnds(0, "  driver     kvm", "  addresses  40 bits", "any-length");
    }

    @Test
    void withoutTheHypervisorThatTheDescriptionNamesOneLineSaysWhereToGetIt() {
        Result result = result("gzvm");
        result.assertEnds(1, "cannot open /dev/gzvm: ", "(ENOENT); load gzvm.ko");
        assertOneLineOfError(result);
    }

    @Test
    void theGuestsPsciSwitchesItsCpusOnAndOff() {
        result("smp").assertEnds(0, "4 CPUs", "PASS smp", "vm smp: guest powered off");
    }

    @Test
    void linuxOfTwoCpusHasItsShellOnThePl011() {
        result("linux-serial")
                .assertEnds(
                        0,
                        "in a VM of Jinn, 2 CPU, on ttyAMA0",
                        "doorbell demo: 1 (kernel)",
                        "vm linux-serial: guest powered off",
                        "run: 0");
    }
}
