package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import jinn.cli.LabBoot.Result;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Boots a protected Linux guest in the lab, uses it, and tries to read what it keeps to itself. Its kernel is the lab's own
 * and has the drivers of the power button, so {@code jinn stop} is tested here too.
 */
final class ProtectedIT {

    /** The guest makes the secret out of what its command line says, so that only its RAM has it in plain text. */
    private static final String SECRET = "only-the-guest-knows-this";

    private static final String SECRET_IN_BASE64 = "b25seS10aGUtZ3Vlc3Qta25vd3MtdGhpcw==";

    /** Runs the guest in the mode $1 and looks for the secret while it waits, then ends it. */
    private static final String SEARCH = """
            cat >/tmp/$mode.json <<EOF
            {
              "machine": {"memory": "128MiB"},
              "protection": {"mode": "$mode"},
              "boot": {
                "kernel": "/jinn/build/guests/protected/Image",
                "initrd": "/jinn/build/guests/protected/initrd.cpio",
                "cmdline": "console=ttyAMA0 loglevel=5 jinn.autorun=\\"echo SECRET | base64 -d >/tmp/secret; \
            devmem 0x0b000000 32 1; sleep 100000\\""
              },
              "devices": [{"type": "console"}, {"type": "rng"}],
              "doorbells": [{"name": "ready", "address": "0x0b000000", "length": 4}]
            }
            EOF
            jinn run /tmp/$mode.json >/tmp/$mode.log 2>&1 </dev/null &
            pid=$!
            await "grep -q 'doorbell ready: 1' /tmp/$mode.log"
            /tests/memory_search $pid TEXT
            echo "search: $?"
            jinn stop --timeout=300 $mode
            echo "stop: $?"
            wait $pid
            echo "run: $?"
            cat /tmp/$mode.log
            """.replace("SECRET", SECRET_IN_BASE64).replace("TEXT", SECRET);

    private static Map<String, Result> results;

    @BeforeAll
    static void boot() throws Exception {
        results = new LabBoot()
                .command("ordinary", "mode=none\n" + SEARCH)
                .command("protected", "mode=protected\n" + SEARCH)
                .run();
    }

    @Test
    void theHostFindsTheSecretOfAnOrdinaryGuestAndNotThatOfAProtectedOne() {
        Result ordinary = results.get("ordinary");
        ordinary.assertEnds(0, "doorbell ready: 1", "search: 0");
        assertTrue(ordinary.number("jinn-ram-none: \\d+ pages, 0 refused, text in (\\d+)") > 0, ordinary::output);

        Result secret = results.get("protected");
        secret.assertEnds(0, "doorbell ready: 1", "search: 0");
        assertEquals(0, secret.number("jinn-ram-protected: \\d+ pages, \\d+ refused, text in (\\d+)"), secret::output);
        assertTrue(secret.number("jinn-ram-protected: \\d+ pages, (\\d+) refused") > 2000, secret::output);
        assertEquals(0, secret.number("jinn-shared-protected: \\d+ pages, (\\d+) refused"), secret::output);
        assertTrue(secret.number("jinn-shared-protected: (\\d+) pages") > 0, secret::output);
    }

    @Test
    void thePowerButtonEndsALinuxGuestThatListensToIt() {
        for (Map.Entry<String, String> guest :
                Map.of("ordinary", "none", "protected", "protected").entrySet()) {
            results.get(guest.getKey())
                    .assertEnds(
                            0,
                            "vm " + guest.getValue() + ": powered off after the power button, after ",
                            "stop: 0",
                            "vm " + guest.getValue() + ": guest powered off",
                            "run: 0");
        }
    }

    @Test
    void theDevicesOfAProtectedGuestWork() throws Exception {
        try (LabTerminal terminal = LabTerminal.run("configs/protected.json")) {
            terminal.await("in a VM of Jinn, 1 CPU, on hvc0");
            terminal.await("# ");

            terminal.type("devmem 0x0b000000 32 1");
            terminal.await("doorbell demo: 1 (kernel)");

            // The answer differs from what is typed, which the terminal shows too.
            terminal.type("dd if=/dev/hwrng bs=64 count=1 2>/dev/null | wc -c | sed s/^/random-bytes=/");
            terminal.await("random-bytes=64");

            terminal.type("mount /dev/vda /mnt && dd if=/dev/urandom of=/mnt/data bs=1M count=8 2>/dev/null"
                    + " && sum=$(sha256sum </mnt/data) && umount /mnt && mount /dev/vda /mnt"
                    + " && [ \"$(sha256sum </mnt/data)\" = \"$sum\" ] && echo disk-is-right | tr a-z A-Z");
            terminal.await("DISK-IS-RIGHT");

            terminal.type("dmesg | grep -c 'created restricted DMA pool at 0x000000004f000000' | sed s/^/pools=/");
            terminal.await("pools=1");

            terminal.type("poweroff -f");
            terminal.await("vm protected: guest powered off");
            assertEquals(0, terminal.awaitEnd(), terminal::text);
        }
    }
}
