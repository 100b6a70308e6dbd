package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import jinn.cli.LabBoot.Result;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A Linux guest that runs detached, is watched, typed at, paused and resumed. One boot serves all tests. */
final class BackgroundIT {

    private static final int PAUSES = 150;
    private static final int RINGS = 600;

    private static final String DETACH = """
            jinn run --detach --report /tmp/report.json /jinn/configs/linux.json
            echo "detached: $?"
            pid=$(cat /run/jinn/linux.pid)
            set -- $(cat /proc/$pid/stat)
            echo "session leader: $([ "$6" = "$pid" ] && echo yes)"
            echo "terminal: $7"
            jinn run --detach /jinn/configs/linux.json
            echo "second: $?"
            jinn ps
            """;

    private static final String TYPE = """
            jinn console --read-only linux >/tmp/console 2>/tmp/console.end &
            await "grep -q 'on hvc0' /tmp/console"
            mkfifo /tmp/keys
            jinn console linux </tmp/keys >/tmp/second 2>&1 &
            exec 7>/tmp/keys
            echo 'echo six=$((2*3))' >&7
            await "grep -q '^six=6' /tmp/console"
            """;

    /** A third console, at the terminal of the host, whose size the guest's terminal takes, at first and later. */
    private static final String RESIZE = """
            stty rows 40 cols 100 </dev/tty
            jinn console linux </dev/tty >/tmp/third 2>&1 &
            third=$!
            echo 'until [ "$(stty size)" = "40 100" ]; do sleep 1; done; stty size | sed s/^/first=/' >&7
            await "grep -q '^first=40 100' /tmp/console"
            stty rows 50 cols 120 </dev/tty
            echo 'until [ "$(stty size)" = "50 120" ]; do sleep 1; done; stty size | sed s/^/then=/' >&7
            await "grep -q '^then=50 120' /tmp/console"
            kill $third
            wait $third
            stty sane </dev/tty
            """;

    private static final String PAUSE = """
            jinn pause linux
            jinn ps
            jinn pause linux
            echo "again: $?"
            jinn resume linux
            jinn resume linux
            echo "again: $?"
            """;

    /** Doorbells, random numbers and the console are all at work while the VM is paused. */
    private static final String STORM = """
            echo 'i=0; while [ $i -lt %d ]; do devmem 0x0b000000 32 1; i=$((i+1)); done; echo rung=$((i+0))' >&7
            echo 'dd if=/dev/hwrng bs=4096 count=16 2>/dev/null | wc -c | sed s/^/random=/' >&7
            java=/usr/lib/jvm/bin/java
            $java -XX:+UseSerialGC -cp /lab/storm jinn.cli.PauseStorm /run/jinn/linux.sock %d
            await "grep -q '^rung=%d' /tmp/console"
            await "grep -q '^random=65536' /tmp/console"
            jinn stats linux
            """.formatted(RINGS, PAUSES, RINGS);

    private static final String END = """
            echo 'poweroff -f' >&7
            await '[ ! -e /run/jinn/linux.sock ]'
            wait
            cat /tmp/console.end /tmp/report.json /run/jinn/linux.log
            echo "sizes: $(grep -c -e '^first=40 100' -e '^then=50 120' /tmp/console)"
            grep -c 'six=6' /tmp/second
            ls /run/jinn
            """;

    /** Doorbells on three loops, one of which looks before it sleeps; the last one ends the VM. */
    private static final String ACTIONS = """
            cat >/jinn/configs/actions.json <<'END'
            {
              "boot": {
                "kernel": "../build/guests/linux/Image",
                "initrd": "../build/guests/linux/initrd.cpio",
                "cmdline": "console=ttyAMA0 loglevel=5 jinn.autorun=\\"devmem 0x0b000000 32 1; devmem 0x0b000010 32 1; dd if=/dev/hwrng bs=64 count=1 2>/dev/null | wc -c; sleep 3; devmem 0x0b000020 32 1; sleep 600\\""
              },
              "devices": [{"type": "rng"}],
              "doorbells": [
                {"name": "told", "address": "0x0b000000", "length": 4, "action": "log"},
                {"name": "program", "address": "0x0b000010", "length": 4, "action": {"run": ["env"]}},
                {"name": "end", "address": "0x0b000020", "length": 4, "action": "shutdown"}
              ],
              "loops": [
                {"name": "fast", "poll-us": 200, "serves": ["rng0", "told"]},
                {"name": "slow", "serves": ["end"]}
              ]
            }
            END
            jinn run --timeline --silence=1 /jinn/configs/actions.json
            """;

    private static Map<String, Result> results;

    @BeforeAll
    static void boot() throws Exception {
        results = new LabBoot()
                .file("vmm-cli/target/test-classes/jinn/cli/PauseStorm.class", "/lab/storm/jinn/cli/PauseStorm.class")
                .command("detach", DETACH)
                // One shell for the rest: it holds the pipe of the keys.
                .command("console", TYPE + RESIZE + PAUSE + STORM + END)
                .command("actions", ACTIONS)
                .run();
    }

    @Test
    void doorbellsOnSeveralLoopsDoWhatTheyAreTold() {
        Result result = results.get("actions");
        result.assertEnds(
                0,
                " doorbell told rang, 1 in all",
                "JINN_DOORBELL=program",
                "JINN_COUNT=1",
                "vm actions: guest rang the doorbell end, which ends the VM");
        for (String name : new String[] {"told", "program", "end"}) {
            assertTrue(
                    Pattern.compile("(?m)^" + name + " +0x\\S+ +4 +\\* +kernel +1 +0")
                            .matcher(result.output())
                            .find(),
                    () -> name + " in\n" + result.output());
        }
    }

    @Test
    void theTimelineHasAllPhasesUpToTheFirstOutput() {
        Result result = results.get("actions");
        for (String phase :
                List.of("jvm", "config", "memory", "vm", "kernel", "devices", "first entry", "first output")) {
            assertTrue(
                    Pattern.compile("(?m)^" + phase + " +\\d+\\.\\d +\\d+\\.\\d$")
                            .matcher(result.output().replace("\r", ""))
                            .find(),
                    () -> phase + " in\n" + result.output());
        }
    }

    @Test
    void aDetachedVmLeavesItsCallerAndKeepsItsName() {
        Result result = results.get("detach");
        result.assertEnds(
                0,
                "vm linux: runs as process ",
                "'jinn console linux' shows its consoles, messages go to /run/jinn/linux.log",
                "detached: 0",
                "session leader: yes",
                "terminal: 0",
                "vm linux: cannot run: a VM of this name runs already",
                "second: 1");
        assertTrue(
                Pattern.compile("(?m)^linux +\\d+ +running ")
                        .matcher(result.output())
                        .find(),
                result.output());
    }

    @Test
    void twoConsolesSeeWhatOneOfThemTypes() {
        Result result = results.get("console");
        result.assertEnds(0, "vm linux: guest powered off");
        assertTrue(result.number("(?m)^(\\d+)\\nlinux.log") > 0, result.output());
    }

    @Test
    void theGuestsTerminalHasTheSizeOfTheConsolesTerminal() {
        results.get("console").assertEnds(0, "sizes: 2");
    }

    @Test
    void aPausedVmIsShownAsSuchAndASecondPauseIsTold() {
        Result result = results.get("console");
        result.assertEnds(
                0,
                "vm linux: paused",
                "jinn: vm linux: cannot pause: it is paused already",
                "vm linux: resumed",
                "jinn: vm linux: cannot resume: it is running already");
        assertTrue(
                Pattern.compile("(?m)^linux +\\d+ +paused ")
                        .matcher(result.output())
                        .find(),
                result.output());
    }

    @Test
    void noRingIsLostOrDoubledAcrossPauses() {
        Result result = results.get("console");
        result.assertEnds(0, "obeyed: " + 2 * PAUSES, "\"outcome\" : \"powered-off\"");
        assertEquals(
                RINGS,
                result.number("\"name\" : \"demo\",[^}]*\"kernel\" : (\\d+)"),
                () -> "rings of the doorbell in\n" + result.output());
    }
}
