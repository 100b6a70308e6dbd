package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import jinn.cli.LabBoot.Result;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every command against a running Linux guest, as a script uses it. One boot serves all tests. */
final class CommandsIT {

    private static final String START = """
            cat >/jinn/configs/walk.json <<'END'
            {
              "machine": {"memory": "256MiB"},
              "boot": {
                "kernel": "../build/guests/linux/Image",
                "initrd": "../build/guests/linux/initrd.cpio",
                "cmdline": "console=ttyAMA0 loglevel=5 jinn.console=hvc0"
              },
              "serial": {"target": "output"},
              "devices": [{"type": "console", "target": "terminal"}, {"type": "rng"}, {"type": "balloon"}],
              "doorbells": [{"name": "demo", "address": "0x0b000000", "length": 4}]
            }
            END
            jinn run --detach --timeline --ready-text 'in a VM of Jinn' /jinn/configs/walk.json
            echo "detached: $?"
            mkfifo /tmp/keys
            jinn console walk </tmp/keys >/tmp/console 2>&1 &
            console=$!
            exec 7>/tmp/keys
            jinn events walk >/tmp/events 2>&1 &
            events=$!
            """;

    private static final String WALK = """
            await "grep -q ready /tmp/events"
            echo 'devmem 0x0b000000 32 1; echo rung=$((3*3))' >&7
            await "grep -q '^rung=9' /tmp/console"
            for command in 'ps --json' 'doorbells --json walk' 'stats --json walk' 'pause --json walk' \\
                    'resume --json walk' 'balloon --json walk 16MiB'; do
                echo "@ jinn $command"
                jinn $command
                echo "@ exit $?"
            done
            """;

    /** The first console goes away; another one sees what came before, and types. */
    private static final String REATTACH = """
            kill $console
            wait $console
            mkfifo /tmp/more-keys
            jinn console </tmp/more-keys >/tmp/again 2>&1 &
            exec 8>/tmp/more-keys
            await "grep -q '^rung=9' /tmp/again"
            echo 'echo again=$((5*5))' >&8
            await "grep -q '^again=25' /tmp/again"
            """;

    private static final String STOP = """
            echo "@ jinn stop --json walk"
            jinn stop --json walk
            echo "@ exit $?"
            wait $events
            echo "events: $?"
            cat /tmp/events /run/jinn/walk.log
            jinn ps --json
            """;

    private static Map<String, Result> results;

    @BeforeAll
    static void boot() throws Exception {
        results = new LabBoot()
                .command(
                        "examples",
                        "jinn check /jinn/configs/*.json; ls /jinn/configs/*.json | wc -l | sed s/^/files=/")
                .command("walk", START + WALK + REATTACH + STOP)
                .run();
    }

    @Test
    void everyExampleIsInOrderWithTheRealGuests() {
        Result result = results.get("examples");
        result.assertEnds(0, "files=");
        assertFalse(result.output().contains("jinn: "), result.output());
        long good = Pattern.compile("(?m)^/jinn/configs/[a-z-]+\\.json: ")
                .matcher(result.output())
                .results()
                .count();
        assertEquals(result.number("files=(\\d+)"), good, result.output());
        assertTrue(good >= 8, result.output());
    }

    @Test
    void everyCommandAnswersAProgram() {
        Result result = results.get("walk");
        result.assertEnds(
                0,
                "detached: 0",
                "\"name\" : \"walk\"",
                "\"state\" : \"running\"",
                "\"doorbells\":[{\"name\":\"demo\",\"address\":\"0x0b000000\",\"length\":4,\"match\":\"*\","
                        + "\"path\":\"kernel\",\"reason\":\"\",\"kernel\":1,\"userspace\":0}",
                "\"vcpus\":[{\"id\":0,\"runReturns\":",
                "{\"vm\":\"walk\",\"state\":\"paused\"}",
                "{\"vm\":\"walk\",\"state\":\"running\"}",
                "\"balloon\":{\"targetBytes\":16777216,",
                "{\"vm\":\"walk\",\"endedBy\":\"stop\",\"message\":\"stopped, because the guest has no driver for the power"
                        + " button\",\"tookMs\":",
                "events: 0");
        List<String> exits = Pattern.compile("(?m)^@ exit (\\d+)$")
                .matcher(result.output())
                .results()
                .map(match -> match.group(1))
                .toList();
        assertEquals(List.of("0", "0", "0", "0", "0", "0", "0"), exits, result.output());
        assertTrue(result.output().stripTrailing().endsWith("[ ]"), result.output());
    }

    @Test
    void theEventsTellTheGuestsStory() {
        String output = results.get("walk").output();
        int from = 0;
        for (String event : List.of(
                "{\"event\":\"ready\"}",
                "{\"event\":\"doorbell\",\"doorbell\":{\"name\":\"demo\"",
                "{\"event\":\"paused\"}",
                "{\"event\":\"resumed\"}",
                "{\"event\":\"ended\",\"outcome\":\"stopped\"")) {
            int at = output.indexOf(event, from);
            assertTrue(at >= 0, () -> "no " + event + " in its place in\n" + output);
            from = at;
        }
    }

    @Test
    void readinessIsAPhaseOfTheTimelineAndALineOfTheLog() {
        Result result = results.get("walk");
        result.assertEnds(0, "vm walk: ready");
        assertTrue(
                Pattern.compile("(?m)^ready +\\d+\\.\\d +\\d+\\.\\d$")
                        .matcher(result.output().replace("\r", ""))
                        .find(),
                result.output());
    }
}
