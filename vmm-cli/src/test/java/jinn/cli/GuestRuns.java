package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.regex.Pattern;
import jinn.cli.LabBoot.Result;
import jinn.lab.JinnLab;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Runs {@code jinn} in the lab with bare-metal guests: what has to be the same on every hypervisor. One boot serves all
 * tests of a class: each looks at the output of its own command.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@JinnLab
abstract class GuestRuns {

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

    /** Two vCPUs: the guests use the first one, the second one waits in the hypervisor to be switched on. */
    private static final String WRITE_CONFIGS = """
            mkdir -p /tmp/configs
            for guest in hello power_reset crash unmapped_read unmapped_write spin power_button prompt; do
                echo '{"boot": {"kernel": "/jinn/build/guests/'$guest'.bin"}, "serial": {"target": "output"},
                       "machine": {"cpus": 2}}' >/tmp/configs/$guest.json
            done
            """;

    private static final String RUN_AS_NOBODY = """
            mkdir -p /etc
            echo 'root:x:0:0::/:/bin/sh' >/etc/passwd
            echo 'nobody:x:65534:65534::/:/bin/sh' >>/etc/passwd
            su -s /bin/sh nobody -c 'jinn run /tmp/configs/hello.json'
            """;

    /** Looks at the VM that START_SPIN has started from outside, and ends it. */
    private static final String CONTROL_SPIN = """
            jinn ps
            jinn run /tmp/configs/spin.json
            echo "second run: $?"
            jinn stats
            jinn events >/tmp/events.log &
            events=$!
            await "ls -l /proc/$events/fd | grep -q socket"
            jinn stop spin
            wait $pid
            echo "run: $?"
            wait $events
            echo "events: $?"
            cat /tmp/events.log
            """;

    /** Ends a guest that listens to its power button. */
    private static final String PRESS_THE_BUTTON = """
            jinn run /tmp/configs/power_button.json >/tmp/button.log 2>&1 &
            pid=$!
            await "grep -q 'power_button: waiting' /tmp/button.log"
            jinn stop power-button
            echo "stop: $?"
            wait $pid
            echo "run: $?"
            cat /tmp/button.log
            """;

    private Map<String, Result> results;

    /** Returns the machine to boot, without commands. */
    abstract LabBoot machine();

    /** Returns the device node of the hypervisor. */
    abstract String node();

    /** Returns a shell command that prints how many VMs the hypervisor has. */
    abstract String countVms();

    /** Adds what only this hypervisor has to show, before the commands of all. */
    abstract void addCommands(LabBoot boot);

    /** Adds to a command what shows that nothing is left of a VM; {@link #assertNothingLeft} looks at it. */
    abstract String showWhatIsLeft();

    abstract void assertNothingLeft(Result result);

    @BeforeAll
    void boot() throws Exception {
        LabBoot boot = machine().command("configs", WRITE_CONFIGS);
        addCommands(boot);
        String spin = startSpin();
        String left = showWhatIsLeft();
        results = boot.command("info", "jinn info")
                .command("doctor", "NO_COLOR=1 jinn doctor")
                .command("no-permission", RUN_AS_NOBODY)
                .command("few-files", "ulimit -n 64; jinn run /tmp/configs/hello.json")
                .command("hello", "jinn run /tmp/configs/hello.json")
                .command("prompt", "jinn run /tmp/configs/prompt.json")
                .command("prompt-apart", apart("jinn run /tmp/configs/prompt.json"))
                .command("doorbells", apart("jinn run /jinn/configs/doorbells.json"))
                .command("userspace", apart("jinn run --verbose --doorbells=userspace /jinn/configs/doorbells.json"))
                .command("storm", "jinn run --quiet --report /tmp/r.json /jinn/configs/storm.json && cat /tmp/r.json")
                .command("power_reset", "jinn run /tmp/configs/power_reset.json")
                .command("unmapped_read", "jinn run /tmp/configs/unmapped_read.json")
                .command("unmapped_write", "jinn run /tmp/configs/unmapped_write.json")
                .command("left-by-errors", left)
                .command(
                        "killed", spin + "kill -KILL $pid\nwait $pid\necho \"exit $?\"\njinn ps\nls /run/jinn\n" + left)
                .command("button", PRESS_THE_BUTTON)
                .command("control", spin + CONTROL_SPIN + left)
                .command(
                        "terminated",
                        spin + "kill -TERM $pid\nwait $pid\necho \"exit $?\"\ncat /tmp/spin.log /tmp/spin.report\n"
                                + left)
                .command(
                        "interrupted",
                        startSpin("/tests/foreground")
                                + "kill -INT $pid\nwait $pid\necho \"exit $?\"\ncat /tmp/spin.log\n" + left)
                .run();
    }

    /** Shows what a command tells after what its guest writes, whose lines stay whole however slow the host is. */
    private static String apart(String command) {
        return command + " 2>/tmp/messages\ncode=$?\ncat /tmp/messages\nexit $code";
    }

    /** Waits until the guest of /tmp/configs/spin.json runs; its jinn is $pid and writes to /tmp/spin.log. */
    final String startSpin() {
        return startSpin("");
    }

    /** The same with a command before it, which runs it. */
    private String startSpin(String runner) {
        return """
                %s jinn run --report=/tmp/spin.report /tmp/configs/spin.json >/tmp/spin.log 2>&1 &
                pid=$!
                await "grep -q 'spin: running' /tmp/spin.log"
                echo "while running: $(%s) VM"
                """.formatted(runner, countVms());
    }

    Result result(String name) {
        return results.get(name);
    }

    @Test
    void withoutPermissionOneLineSaysWhoMay() {
        Result result = results.get("no-permission");
        result.assertEnds(1, "cannot open " + node(), "(EACCES)", "run as root");
        assertOneLineOfError(result);
    }

    @Test
    void withTooFewFilesOneLineSaysHowManyItNeeds() {
        Result result = results.get("few-files");
        result.assertEnds(1, "vm hello: cannot run: it needs ", "this process may have 64 (RLIMIT_NOFILE); raise");
        assertOneLineOfError(result);
    }

    @Test
    void aRunningVmIsSeenAndStoppedFromOutside() {
        Result result = results.get("control");
        result.assertEnds(
                0,
                "vm spin: cannot run: a VM of this name runs already (process ",
                "second run: 1",
                "vCPU  returns  by reason",
                "vm spin: stopped, because the guest has no driver for the power button, after ",
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
    void theGuestPowersOffWhenItsButtonIsPressed() {
        results.get("button")
                .assertEnds(
                        0,
                        "vm power-button: powered off after the power button, after ",
                        "stop: 0",
                        "run: 0",
                        "PASS power_button",
                        "vm power-button: guest powered off");
    }

    @Test
    void aGuestThatPowersOffIsASuccess() {
        results.get("hello").assertEnds(0, "PASS hello", "vm hello: guest powered off");
    }

    @Test
    void whatJinnTellsBeginsALineOfItsOwnWhereTheGuestLeftOneOpen() {
        results.get("prompt").assertEnds(0, "prompt: ~ # \nvm prompt: guest powered off");
    }

    @Test
    void nothingIsAddedToWhatTheGuestWritesSomewhereElse() {
        results.get("prompt-apart").assertEnds(0, "prompt: ~ # vm prompt: guest powered off");
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
        result.assertEnds(
                0,
                "doorbell storm: at 0x",
                ", path userspace (the user-space path was asked for)",
                "vm doorbells: guest powered off",
                "doorbell storm: 10000 (userspace)");
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
                "unmapped_read  | 12 | from 0x3f000000, where nothing is",
                "unmapped_write | 12 | at 0x3f000000, where nothing is",
            })
    void everyOtherEndHasItsOwnLineAndExitCode(String guest, int exitCode, String line) {
        results.get(guest).assertEnds(exitCode, "vm " + guest.replace('_', '-') + ": ", line);
    }

    @Test
    void infoSaysThatTheHypervisorIsUsable() {
        results.get("info").assertEnds(0, node() + ", usable, taken by \"auto\"");
    }

    @Test
    void doctorFindsThatTheDriverTakesEverySortOfDoorbell() {
        results.get("doctor")
                .assertEnds(
                        0,
                        "ok    device         " + node() + " (",
                        "ok    doorbells      any value: by the driver",
                        "ok    by value       several at one address, told apart by the value: by the driver",
                        "ok    any length     stores of any length: by the driver",
                        "ok    control        /run/jinn",
                        "This host can run VMs.");
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
    void sigintStopsTheVmInOrder() {
        Result result = results.get("interrupted");
        result.assertEnds(0, "exit 130", "vm spin: stopped from the host");
        assertNothingLeft(result);
    }

    @Test
    void sigtermStopsTheVmInOrder() {
        Result result = results.get("terminated");
        result.assertEnds(
                0,
                "while running: 1 VM",
                "exit 143",
                "vm spin: stopped from the host",
                "\"outcome\" : \"stopped\"",
                "\n}\n");
        assertNothingLeft(result);
    }

    static void assertOneLineOfError(Result result) {
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
}
