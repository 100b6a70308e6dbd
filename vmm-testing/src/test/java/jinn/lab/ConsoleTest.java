package jinn.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ConsoleTest {

    private static final Duration LONG = Duration.ofSeconds(50);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final Console console = new Console();

    @Test
    void aTextIsAwaitedBehindTheOneBefore() throws Exception {
        console.append("# first\r\n# ");
        console.await("# ", LONG);
        console.await("# ", LONG);
        assertThrows(AssertionError.class, () -> console.await("# ", SHORT));
        assertEquals("# first\n# ", console.text());
    }

    @Test
    void aTextMayComeInPiecesFromAnotherThread() throws Exception {
        Thread machine = Thread.ofPlatform()
                .start(() -> "the host is up\r\n"
                        .chars()
                        .forEach(character -> console.append(Character.toString(character))));
        console.await("host is up\n", LONG);
        machine.join();
    }

    @Test
    void aCharacterMayComeInPieces() throws Exception {
        for (byte piece : "Gr\u00fc\u00dfe \ud83d\ude00\n".getBytes(StandardCharsets.UTF_8)) {
            console.append(new byte[] {piece});
        }
        console.append(new byte[] {(byte) 0xff, 'x'});
        assertEquals("Gr\u00fc\u00dfe \ud83d\ude00\n\ufffdx", console.text());
    }

    @Test
    void whoWaitsForAMachineThatHasEndedIsToldSoWithItsConsole() {
        console.append("Kernel panic");
        console.end();
        AssertionError error = assertThrows(AssertionError.class, () -> console.await("login:", LONG));
        assertEquals(
                "waited in vain for \"login:\", the machine has ended; the console:\nKernel panic", error.getMessage());
    }

    @Test
    void whoWaitsTooLongIsToldSo() {
        AssertionError error =
                assertThrows(AssertionError.class, () -> console.awaitMatch(Pattern.compile("x+"), SHORT));
        assertTrue(error.getMessage().startsWith("waited in vain for x+, 0 s have passed"), error.getMessage());
    }

    @Test
    void aDoorbellHasTheCountOfItsLastLine() throws Exception {
        console.append("doorbell demo: 1 (kernel)\n# doorbell two: 9 (shared)\ndoorbell demo: 3 (kernel)\n");
        assertEquals(3, console.awaitDoorbell("demo", 2, LONG));
        assertEquals(9, console.awaitDoorbell("two", 9, LONG));
        assertThrows(AssertionError.class, () -> console.awaitDoorbell("demo", 4, SHORT));
    }

    /** What busybox's shell writes before it reads a line: its prompt and the question where the cursor is. */
    @Test
    void aDoorbellCountsBehindThePromptOfAShell() throws Exception {
        console.append("~ # \u001b[6ndoorbell demo: 2 (kernel)\n");
        assertEquals(2, console.awaitDoorbell("demo", 2, SHORT));
    }

    @Test
    void aLineThatHasNotEndedIsNoCount() {
        console.append("doorbell demo: 1");
        assertThrows(AssertionError.class, () -> console.awaitDoorbell("demo", 1, SHORT));
    }

    @Test
    void theStateFollowsTheLab() throws Exception {
        assertEquals(VmState.STARTING, console.state());
        console.append("\r\nlab: the VM runs\r\n");
        assertEquals(VmState.RUNNING, console.state());
        console.awaitState(VmState.STARTING, LONG);
        assertThrows(AssertionError.class, () -> console.awaitState(VmState.ENDED, SHORT));
        console.append("lab: exit 11\r\n");
        console.awaitState(VmState.ENDED, LONG);
        console.awaitState(VmState.RUNNING, LONG);
    }

    @Test
    void theReportIsThereWhenItsLineIs() {
        String report =
                "lab: report { \"vm\": \"web\", \"outcome\": \"crashed\", \"exitCode\": 11, \"doorbells\": [{\"name\":"
                        + " \"demo\", \"address\": \"0x0b000000\", \"path\": \"kernel\", \"kernel\": 3, \"userspace\": 1}]}";
        console.append(report);
        assertEquals(Optional.empty(), console.report());
        console.append("\r\n");
        VmReport read = console.report().orElseThrow();
        assertEquals("crashed", read.outcome());
        assertEquals(11, read.exitCode());
        assertEquals(4, read.doorbell("demo").rings());
        assertThrows(IllegalArgumentException.class, () -> read.doorbell("none"));
    }

    @Test
    void aReportOfSomethingElseIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> VmReport.parse("{\"vm\": \"web\"}"));
        assertThrows(IllegalArgumentException.class, () -> VmReport.parse("no JSON"));
    }
}
