package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import jinn.error.HostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MessageLogTest {

    @TempDir
    private Path directory;

    private final StringWriter err = new StringWriter();

    @Test
    void takesTheMessagesInThePlaceOfTheStandardError() throws IOException {
        Path file = directory.resolve("vm.log");
        try (MessageLog log = MessageLog.open("web", Optional.of(file), new PrintWriter(err, true), Optional.empty())) {
            assertTrue(log.isFile());
            log.tell(List.of("doorbell demo: 1 (kernel)"), "\n");
            assertEquals("doorbell demo: 1 (kernel)\n", Files.readString(file));
        }
        assertEquals("", err.toString());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void replacesWhatTheLastRunLeft() throws IOException {
        Path file = Files.writeString(directory.resolve("vm.log"), "what an earlier VM said, at length\n");
        try (MessageLog log = MessageLog.open("web", Optional.of(file), new PrintWriter(err, true), Optional.empty())) {
            log.tell(List.of("new"), "\n");
        }
        assertEquals("new\n", Files.readString(file));
    }

    @Test
    void leavesTheStandardErrorOpen() {
        PrintWriter writer = new PrintWriter(err, true);
        try (MessageLog log = MessageLog.open("web", Optional.empty(), writer, Optional.empty())) {
            assertFalse(log.isFile());
            log.tell(List.of("one"), "\n");
        }
        writer.println("two");
        assertEquals("one\ntwo\n", err.toString());
    }

    @Test
    void leavesTheGuestsLineAsItIs() {
        try (MessageLog log = new MessageLog(new PrintWriter(err), false, turn -> turn.write(true))) {
            log.tell(List.of(), "\r\n");
            log.tell(List.of("one", "two"), "\r\n");
        }
        assertEquals("\r\none\r\ntwo\r\n", err.toString());
    }

    @Test
    void writesToADeviceWithoutReplacingIt() throws IOException {
        Path device = Path.of("/dev/null");
        MessageLog.create("web", device).close();
        assertFalse(Files.isRegularFile(device));
        assertTrue(Files.exists(device));
    }

    @Test
    void tellsWhatKeepsItFromTheFile() {
        Path nowhere = directory.resolve("none").resolve("vm.log");
        HostException e = assertThrows(
                HostException.class,
                () -> MessageLog.open("web", Optional.of(nowhere), new PrintWriter(err, true), Optional.empty()));
        assertEquals("vm web: cannot make its log " + nowhere + ": no such directory", e.getMessage());
    }
}
