package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jinn.posix.FileDescriptor;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Into a regular file, to which the host's lines go too. */
@Timeout(60)
final class TerminalOutputTest {

    private static final long FOR_EVER = TimeUnit.HOURS.toNanos(1);
    private static final long AT_ONCE = 1;

    @TempDir
    private Path directory;

    private Path file;

    @AutoClose
    private FileDescriptor fd;

    @BeforeEach
    void makeFile() throws IOException {
        file = Files.createFile(directory.resolve("output"));
        fd = FileDescriptor.open(file.toString());
    }

    @Test
    void aLineThatHasBegunEndsBeforeTheHostsLineAndTheNextOneWaits() throws Exception {
        TerminalOutput output = new TerminalOutput(fd, FOR_EVER, FOR_EVER);
        guest(output, "PASS doo");
        Thread host = Thread.ofPlatform().start(() -> interject(output, "host"));
        while (host.getState() != Thread.State.TIMED_WAITING) {
            assertTrue(host.isAlive(), "it has not waited");
            Thread.onSpinWait();
        }
        guest(output, "rbell\r");
        output.write((byte) '\n');
        guest(output, "next\n");
        host.join();
        assertEquals("PASS doorbell\r\nhost\nnext\n", text());
    }

    @Test
    void aPromptIsNotWaitedForAndIsLeftOnItsLine() throws IOException {
        TerminalOutput output = new TerminalOutput(fd, AT_ONCE, FOR_EVER);
        guest(output, "~ # ");
        interject(output, "host");
        interject(output, "host again");
        guest(output, "ls\n");
        assertEquals("~ # \nhost\nhost again\nls\n", text());
    }

    @Test
    void aLineThatNeverEndsIsNotWaitedForLong() throws IOException {
        TerminalOutput output = new TerminalOutput(fd, FOR_EVER, AT_ONCE);
        guest(output, "........");
        interject(output, "host");
        assertEquals("........\nhost\n", text());
    }

    @Test
    void anInterruptEndsTheWaitAndStaysSet() throws IOException {
        TerminalOutput output = new TerminalOutput(fd, FOR_EVER, FOR_EVER);
        guest(output, "~ # ");
        Thread.currentThread().interrupt();
        interject(output, "host");
        assertTrue(Thread.interrupted());
        assertEquals("~ # \nhost\n", text());
    }

    @ParameterizedTest
    @CsvSource({
        "'',           'host|'",
        "'one|',       'one|host|'",
        "'one<|',      'one<|host|'",
        "'one|<',      'one|<host|'",
        "'one',        'one|host|'",
        "'one<',       'one<|host|'",
        "'<',          '<host|'",
        "'one|two',    'one|two|host|'",
    })
    void carriageReturnsNeitherBeginNorEndALine(String guest, String together) throws IOException {
        TerminalOutput output = new TerminalOutput(fd, AT_ONCE, FOR_EVER);
        guest(output, guest.replace('|', '\n').replace('<', '\r'));
        interject(output, "host");
        assertEquals(together, text().replace('\n', '|').replace('\r', '<'));
    }

    @Test
    void noLineOfTheGuestIsCutInTwo() throws Exception {
        TerminalOutput output = new TerminalOutput(fd, FOR_EVER, FOR_EVER);
        Thread bytes = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 2_000; i++) {
                for (byte value : "a line, byte by byte\n".getBytes(StandardCharsets.US_ASCII)) {
                    output.write(value);
                }
            }
        });
        int told = 0;
        while (bytes.isAlive()) {
            interject(output, "host");
            told++;
        }
        bytes.join();
        List<String> lines = text().lines().toList();
        assertEquals(
                2_000, lines.stream().filter("a line, byte by byte"::equals).count());
        assertEquals(told, lines.stream().filter("host"::equals).count());
        assertEquals(2_000 + told, lines.size());
    }

    private static void guest(TerminalOutput output, String text) {
        byte[] bytes = (".." + text).getBytes(StandardCharsets.US_ASCII);
        output.write(bytes, 2, bytes.length - 2);
    }

    /** Writes a line by the same open file, as a process does whose outputs are one. */
    private void interject(TerminalOutput output, String line) {
        output.interject(lineIsOpen -> {
            // A second output at the same descriptor, which knows nothing of the guest's.
            TerminalOutput own = new TerminalOutput(fd, FOR_EVER, FOR_EVER);
            guest(own, (lineIsOpen ? "\n" : "") + line + "\n");
        });
    }

    private String text() throws IOException {
        return Files.readString(file);
    }
}
