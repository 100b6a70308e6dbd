package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jinn.cli.LabBoot.Result;
import jinn.lab.JinnLab;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Boots Linux guests in the lab and types at their shells. */
@JinnLab
final class LinuxIT {

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "userspace"})
    void aDoorbellRungInTheShellOfLinuxIsShownByName(String path) throws Exception {
        try (LabTerminal terminal = LabTerminal.run("configs/linux.json", "--doorbells=" + path)) {
            terminal.await("in a VM of Jinn, 1 CPU, on hvc0");
            terminal.await("# ");

            terminal.type("devmem 0x0b000000 32 1");
            terminal.await("doorbell demo: 1 (" + path + ")");

            terminal.type("devmem 0x0b000010 32 2; devmem 0x0b000010 32 1; devmem 0x0b000010 32 2");
            terminal.await("doorbell two: 2 (" + path + ")");

            // The answer differs from what is typed, which the terminal shows too.
            terminal.type("dd if=/dev/hwrng bs=64 count=1 2>/dev/null | wc -c | sed s/^/random-bytes=/");
            terminal.await("random-bytes=64");

            terminal.type("poweroff -f");
            terminal.await("vm linux: guest powered off");
            assertEquals(0, terminal.awaitEnd(), terminal::text);
        }
    }

    @Test
    void aDeviceFromSomebodysJarServesItsDriverInLinux() throws Exception {
        try (LabTerminal terminal = LabTerminal.run("configs/own-device.json")) {
            terminal.await("# ");

            // The answer differs from what is typed, which the terminal shows too.
            terminal.type("head -c 18 /dev/hwrng | tr a-z A-Z");
            terminal.await("JINN! JINN! JINN! ");

            terminal.type("devmem 0x0b000000 32 1");
            terminal.await("stopwatch: lap started");
            terminal.type("devmem 0x0b000000 32 1");
            terminal.await("stopwatch: lap ");

            terminal.type("poweroff -f");
            terminal.await("java1/0");
            terminal.await("vm own-device: guest powered off");
            assertEquals(0, terminal.awaitEnd(), terminal::text);
        }
    }

    @Test
    void theGuestsPtpClockTellsTheTimeOfTheHost() throws Exception {
        Result clock = new LabBoot().command("clock", """
                        date -s '2031-05-06 07:08:09' >/dev/null
                        sed 's|jinn.console=hvc0|jinn.autorun=\\\\"ptp_time\\\\"|' /jinn/configs/linux.json \\
                            >/jinn/configs/clock.json
                        echo "before=$(date +%s)"
                        jinn run /jinn/configs/clock.json
                        echo "run: $?"
                        echo "after=$(date +%s)"
                        """).run().get("clock");

        clock.assertEnds(0, "guest: exit 0", "run: 0");
        long seconds = clock.number("ptp=(\\d+)");
        assertTrue(seconds >= clock.number("before=(\\d+)") && seconds <= clock.number("after=(\\d+)"), clock::output);
        assertTrue(seconds > 1_935_000_000L, "a guest that reads no clock of the host is in 1970");
    }

    @Test
    void aGuestOfTwoCpusHasItsShellOnThePl011AndIsLeftByCtrlBracket() throws Exception {
        try (LabTerminal terminal = LabTerminal.run("configs/linux-serial.json")) {
            terminal.await("in a VM of Jinn, 2 CPU, on ttyAMA0");
            terminal.await("# ");

            terminal.type("devmem 0x0b000000 32 1");
            terminal.await("doorbell demo: 1 (kernel)");

            terminal.pressEscape();
            terminal.await("vm linux-serial: stopped from the host");
            assertEquals(130, terminal.awaitEnd(), terminal::text);
        }
    }
}
