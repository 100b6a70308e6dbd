package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.regex.Pattern;
import jinn.cli.LabBoot.Result;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Runs {@code jinn} on gzvm.ko and gzhyp in the lab, with bare-metal guests. One boot serves all tests: each looks at the
 * output of its own command.
 */
final class RunIT {

    /** Rings that the guest of configs/doorbells.json causes; the guest's sources say why. */
    private static final Map<String, Integer> RINGS = Map.of(
            "wildcard", 3,
            "datamatch", 5,
            "wrong-width", 0,
            "wrong-data", 0,
            "read", 0,
            "shared-1", 3,
            "shared-2", 5,
            "any-length", 4,
            "storm", 10_000);

    private static final String WRITE_CONFIGS = """
            mkdir -p /tmp/configs
            for guest in hello power_reset crash unmapped_read unmapped_write spin; do
                echo '{"boot": {"kernel": "/jinn/build/guests/'$guest'.bin"}, "serial": {"target": "output"}}' \\
                    >/tmp/configs/$guest.json
            done
            echo '{"boot": {"kernel": "/bin/busybox"}}' >/tmp/configs/elf.json
            echo '{"boot": {"kernel": "/jinn/build/guests/hello.bin", "initrd": "none"}}' >/tmp/configs/no-initrd.json
            """;

    private static final String RUN_AS_NOBODY = """
            mkdir -p /etc
            echo 'root:x:0:0::/:/bin/sh' >/etc/passwd
            echo 'nobody:x:65534:65534::/:/bin/sh' >>/etc/passwd
            su -s /bin/sh nobody -c 'jinn run /tmp/configs/hello.json'
            """;

    /** Waits until the guest of /tmp/configs/spin.json runs; its jinn is $pid and writes to /tmp/spin.log. */
    private static final String START_SPIN = """
            jinn run /tmp/configs/spin.json >/tmp/spin.log 2>&1 &
            pid=$!
            tries=1500
            until grep -q 'spin: running' /tmp/spin.log || [ $tries = 0 ]; do
                sleep 0.2
                tries=$((tries - 1))
            done
            echo "while running: $(cat /sys/kernel/gzvm/vms) VM"
            """;

    /** The driver takes its last objects down on a work queue. */
    private static final String SHOW_WHAT_IS_LEFT = """
            tries=500
            until [ "$(cat /sys/kernel/gzvm/vms)" = 0 ] || [ $tries = 0 ]; do
                sleep 0.1
                tries=$((tries - 1))
            done
            for counter in vms vcpus doorbells irqfds pinned_pages; do
                echo "left: $counter $(cat /sys/kernel/gzvm/$counter)"
            done
            """;

    /** Looks at the VM that START_SPIN has started from outside, and ends it. */
    private static final String CONTROL_SPIN = """
            jinn ps
            jinn run /tmp/configs/spin.json
            echo "second run: $?"
            jinn stats
            jinn events >/tmp/events.log &
            events=$!
            tries=500
            until [ -n "$(ls -l /proc/$events/fd | grep socket)" ] || [ $tries = 0 ]; do
                sleep 0.2
                tries=$((tries - 1))
            done
            jinn stop spin
            wait $pid
            echo "run: $?"
            wait $events
            echo "events: $?"
            cat /tmp/events.log
            """;

    /** A process that is stopped answers nobody. */
    private static final String FREEZE_SPIN = """
            kill -STOP $pid
            jinn stop --timeout=2 spin
            wait $pid
            echo "run: $?"
            jinn ps
            """;

    private static Map<String, Result> results;

    @BeforeAll
    static void boot() throws Exception {
        results = new LabBoot()
                .command("configs", WRITE_CONFIGS)
                .command("check", "jinn check /jinn/configs/*.json")
                .command("no-driver", "rmmod gzvm; jinn run /tmp/configs/hello.json")
                .command("driver", "insmod /lib/modules/gzvm.ko")
                .command("info", "jinn info")
                .command("doctor", "NO_COLOR=1 jinn doctor")
                .command("no-permission", RUN_AS_NOBODY)
                .command("few-files", "ulimit -n 64; jinn run /tmp/configs/hello.json")
                .command("hello", "jinn run /tmp/configs/hello.json")
                .command("doorbells", "jinn run /jinn/configs/doorbells.json")
                .command("userspace", "jinn run --doorbells=userspace /jinn/configs/doorbells.json")
                .command("storm", "jinn run --quiet --report /tmp/r.json /jinn/configs/storm.json && cat /tmp/r.json")
                .command("power_reset", "jinn run /tmp/configs/power_reset.json")
                .command("crash", "jinn run /tmp/configs/crash.json")
                .command("unmapped_read", "jinn run /tmp/configs/unmapped_read.json")
                .command("unmapped_write", "jinn run /tmp/configs/unmapped_write.json")
                .command("elf", "jinn run /tmp/configs/elf.json")
                .command("no-initrd", "jinn run /tmp/configs/no-initrd.json")
                .command("full-disk", "jinn run --report /dev/full /tmp/configs/hello.json")
                .command("left-by-errors", SHOW_WHAT_IS_LEFT)
                .command(
                        "killed",
                        START_SPIN + "kill -KILL $pid\nwait $pid\necho \"exit $?\"\njinn ps\nls /run/jinn\n"
                                + SHOW_WHAT_IS_LEFT)
                .command("control", START_SPIN + CONTROL_SPIN + SHOW_WHAT_IS_LEFT)
                .command("frozen", START_SPIN + FREEZE_SPIN + SHOW_WHAT_IS_LEFT)
                .command(
                        "terminated",
                        START_SPIN + "kill -TERM $pid\nwait $pid\necho \"exit $?\"\ncat /tmp/spin.log\n"
                                + SHOW_WHAT_IS_LEFT)
                .run();
    }

    @Test
    void everyShippedConfigIsInOrder() {
        results.get("check").assertEnds(0, "vm doorbells: ", "vm linux: ", "vm linux-serial: ", "vm storm: ");
    }

    @Test
    void withoutTheDriverOneLineSaysWhatToLoad() {
        Result result = results.get("no-driver");
        result.assertEnds(1, "/dev/gzvm", "load gzvm.ko");
        assertOneLineOfError(result);
    }

    @Test
    void withoutPermissionOneLineSaysWhoMay() {
        Result result = results.get("no-permission");
        result.assertEnds(1, "/dev/gzvm", "(EACCES)", "run as root");
        assertOneLineOfError(result);
    }

    @Test
    void withTooFewFilesOneLineSaysHowManyItNeeds() {
        Result result = results.get("few-files");
        result.assertEnds(1, "vm hello: cannot run: it needs ", "this process may have 64 (RLIMIT_NOFILE); raise");
        assertOneLineOfError(result);
    }

    @Test
    void infoNamesTheDriver() {
        results.get("driver").assertEnds(0);
        results.get("info").assertEnds(0, "/dev/gzvm, usable", "driver     jinn");
    }

    @Test
    void doctorFindsThatTheDriverTakesEverySortOfDoorbell() {
        results.get("doctor")
                .assertEnds(
                        0,
                        "ok    device         /dev/gzvm (",
                        "ok    doorbells      any value: by the driver",
                        "ok    by value       several at one address, told apart by the value: by the driver",
                        "ok    any length     stores of any length: by the driver",
                        "ok    control        /run/jinn",
                        "This host can run VMs.");
    }

    @Test
    void aRunningVmIsSeenAndStoppedFromOutside() {
        Result result = results.get("control");
        result.assertEnds(
                0,
                "vm spin: cannot run: a VM of this name runs already (process ",
                "second run: 1",
                "vCPU  returns  by reason",
                "vm spin: ended as asked, after ",
                "run: 130",
                "events: 0",
                "\"event\":\"ended\",\"outcome\":\"stopped\"");
        assertTrue(
                Pattern.compile("(?m)^spin +\\d+ +running ")
                        .matcher(result.output())
                        .find(),
                result.output());
        assertNothingLeft(result);
    }

    @Test
    void aVmWhoseProcessIsStoppedIsKilledInTime() {
        Result result = results.get("frozen");
        result.assertEnds(0, "vm spin: killed, because it did not end when asked, after 2.", "run: 137");
        assertFalse(Pattern.compile("(?m)^spin ").matcher(result.output()).find(), result.output());
        assertNothingLeft(result);
    }

    @Test
    void aGuestThatPowersOffIsASuccess() {
        results.get("hello").assertEnds(0, "PASS hello", "vm hello: guest powered off");
    }

    @Test
    void theDriverRingsWhatMatchesAndNothingElse() {
        Result result = results.get("doorbells");
        result.assertEnds(0, "vm doorbells: guest powered off", "doorbell storm: 10000 (kernel)");
        assertGuestPassed(result);
        RINGS.forEach((name, rings) -> assertRow(result, name, "kernel", rings, 0));
    }

    @Test
    void userSpaceRingsTheSameAsTheDriver() {
        Result result = results.get("userspace");
        result.assertEnds(0, "vm doorbells: guest powered off", "doorbell storm: 10000 (userspace)");
        assertGuestPassed(result);
        RINGS.forEach((name, rings) -> assertRow(result, name, "userspace", 0, rings));
    }

    @Test
    void tenThousandRingsOfTheDriverLeaveNoExitToUserSpace() {
        Result result = results.get("storm");
        result.assertEnds(0, "\"kernel\" : 10000,", "\"userspace\" : 0", "\"outcome\" : \"powered-off\"");
        assertEquals(1, result.number("\"runReturns\" : (\\d+)"), result.output());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "power_reset    | 10 | guest asked for a reset",
                "crash          | 11 | guest crashed: ",
                "unmapped_read  | 12 | from 0x3f000000, where nothing is",
                "unmapped_write | 12 | at 0x3f000000, where nothing is",
            })
    void everyOtherEndHasItsOwnLineAndExitCode(String guest, int exitCode, String line) {
        results.get(guest).assertEnds(exitCode, "vm " + guest.replace('_', '-') + ": ", line);
    }

    @Test
    void aKernelThatIsNoImageIsAnImageError() {
        Result result = results.get("elf");
        result.assertEnds(4, "/bin/busybox", "expected an arm64 Image");
        assertOneLineOfError(result);
    }

    @Test
    void aMissingInitrdIsAConfigError() {
        Result result = results.get("no-initrd");
        result.assertEnds(3, "/tmp/configs/no-initrd.json:1:", "$.boot.initrd: \"none\": ", "does not exist");
        assertOneLineOfError(result);
    }

    @Test
    void aReportThatCannotBeWrittenIsAFailure() {
        results.get("full-disk")
                .assertEnds(1, "vm hello: guest powered off", "jinn: cannot write the report /dev/full: ");
    }

    @Test
    void nothingIsLeftInTheDriverByAllTheseEnds() {
        assertNothingLeft(results.get("left-by-errors"));
    }

    @Test
    void sigkillLeavesNothingInTheDriver() {
        Result result = results.get("killed");
        result.assertEnds(0, "while running: 1 VM", "exit 137");
        assertFalse(result.output().contains("spin.sock"), result.output());
        assertNothingLeft(result);
    }

    @Test
    void sigtermStopsTheVmInOrder() {
        Result result = results.get("terminated");
        result.assertEnds(0, "while running: 1 VM", "exit 143", "vm spin: stopped from the host");
        assertNothingLeft(result);
    }

    private static void assertOneLineOfError(Result result) {
        assertEquals(
                1,
                result.output()
                        .lines()
                        .filter(line -> line.startsWith("jinn: "))
                        .count(),
                result.output());
        assertFalse(result.output().contains("\tat "), result.output());
    }

    private static void assertGuestPassed(Result result) {
        assertTrue(result.output().contains("PASS doorbell_storm"), result.output());
        assertFalse(result.output().contains("FAIL"), result.output());
    }

    private static void assertRow(Result result, String name, String path, long kernel, long userspace) {
        String row = "(?m)^" + name + " +0x[0-9a-f]{8} +\\S+ +\\S+ +" + path + " +" + kernel + " +" + userspace + "\\b";
        assertTrue(
                Pattern.compile(row).matcher(result.output()).find(),
                () -> "no row " + row + " in:\n" + result.output());
    }

    private static void assertNothingLeft(Result result) {
        for (String counter : new String[] {"vms", "vcpus", "doorbells", "irqfds", "pinned_pages"}) {
            result.assertEnds(0, "left: " + counter + " 0");
        }
    }
}
