package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import jinn.cli.LabBoot.Result;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Linux guests with devices that concern the host's files and memory: virtiofs, and the balloon. One boot serves all. */
final class OutsideIT {

    private static final String MACHINE = """
            "machine": {"memory": "256MiB"}, "boot": {
              "kernel": "/jinn/build/guests/linux/Image", "initrd": "/jinn/build/guests/linux/initrd.cpio",
              "cmdline": "console=ttyAMA0 loglevel=4 jinn.autorun=\\"$1\\""}""";

    private static final String WRITE_CONFIGS = """
            mkdir -p /tmp/share
            echo 'from the host' >/tmp/share/hello
            describe() {
                echo '{"name": "'$2'", %s, "devices": ['"$3"']}' | sed "s|\\$1|$1|" >/tmp/$2.json
            }
            describe 'mount -t virtiofs share /mnt; cat /mnt/hello; sha256sum /mnt/big; echo from the guest >/mnt/reply; umount /mnt' \
                fs '{"type": "fs", "tag": "share", "path": "/tmp/share"}'
            describe 'while true; do sleep 1; done' balloon '{"type": "balloon"}'
            head -c 8M /dev/urandom >/tmp/share/big
            """.formatted(MACHINE.replace("\n", " "));

    /** Waits until the file has the line; its jinn is $pid. */
    private static final String INFLATE = """
            jinn run /tmp/balloon.json >/tmp/balloon.log 2>&1 &
            pid=$!
            tries=600
            until [ -n "$(jinn ps | grep balloon)" ] || [ $tries = 0 ]; do
                sleep 1
                tries=$((tries - 1))
            done
            jinn balloon balloon 64MiB
            tries=100
            until jinn balloon balloon | grep -q '^given *64 MiB$' || [ $tries = 0 ]; do
                sleep 1
                tries=$((tries - 1))
            done
            jinn balloon balloon
            jinn balloon balloon 0 >/dev/null
            tries=100
            until jinn balloon balloon | grep -q '^given *0 B$' || [ $tries = 0 ]; do
                sleep 1
                tries=$((tries - 1))
            done
            jinn balloon balloon
            jinn stop balloon
            wait $pid
            echo "run: $?"
            """;

    private static Map<String, Result> results;

    @BeforeAll
    static void boot() throws Exception {
        results = new LabBoot()
                .command("configs", WRITE_CONFIGS)
                .command("fs", "sha256sum /tmp/share/big; jinn run /tmp/fs.json; cat /tmp/share/reply")
                .command(
                        "userspace",
                        "rm /tmp/share/reply; jinn run --doorbells=userspace /tmp/fs.json; cat /tmp/share/reply")
                .command("balloon", INFLATE)
                .command("left", "pidof virtiofsd; ls -d /tmp/jinn-fs-*")
                .run();
    }

    @Test
    void aGuestReadsAndWritesADirectoryOfTheHost() {
        assertShares(results.get("fs"), "fs0/1 .* kernel +0 ");
    }

    @Test
    void theBackendIsRungFromUserSpaceToo() {
        assertShares(results.get("userspace"), "fs0/1 .* userspace +0 +[1-9]");
    }

    private static void assertShares(Result result, String doorbell) {
        result.assertEnds(0, "from the host", "from the guest", "guest powered off");
        assertTrue(result.output().lines().anyMatch(line -> line.matches(doorbell + ".*")), result::output);
    }

    @Test
    void whatTheGuestReadsIsWhatTheHostHas() {
        String output = results.get("fs").output();
        String sum = output.lines()
                .filter(line -> line.endsWith("  /tmp/share/big"))
                .findFirst()
                .orElseThrow();
        assertTrue(output.contains(sum.replace("/tmp/share/big", "/mnt/big")), output);
    }

    @Test
    void theBalloonTakesMemoryAndGivesItBack() {
        results.get("balloon")
                .assertEnds(0, "given                        64 MiB", "given                        0 B", "run: 130");
    }

    @Test
    void nothingIsLeftOfTheBackends() {
        results.get("left").assertEnds(1);
    }
}
