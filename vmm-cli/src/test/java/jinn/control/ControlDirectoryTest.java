package jinn.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jinn.error.HostException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ControlDirectoryTest {

    private static final long OWN_PID = ProcessHandle.current().pid();

    @TempDir
    private Path temporary;

    private ControlDirectory directory;

    @BeforeEach
    void prepare() {
        directory = new ControlDirectory(temporary.resolve("jinn"));
        directory.prepare();
    }

    @Test
    void isInTheUsersRuntimeDirectoryOrInRun() {
        assertEquals(Path.of("/run/user/7/jinn"), standard(Map.of("XDG_RUNTIME_DIR", "/run/user/7")));
        assertEquals(Path.of("/run/jinn"), standard(Map.of()));
        assertEquals(Path.of("/run/jinn"), standard(Map.of("XDG_RUNTIME_DIR", "relative")));
    }

    @Test
    void isForItsOwnerOnlyAndSoAreTheSockets() throws IOException {
        try (ControlSocket socket = directory.claim("web")) {
            assertEquals("rwx------", permissions(directory.path()));
            assertEquals("rw-------", permissions(directory.socket("web")));
            assertEquals("rw-------", permissions(directory.path().resolve("web.pid")));
            assertEquals(OptionalLong.of(OWN_PID), directory.pid("web"));
            assertTrue(socket.channel().isOpen());
        }
        assertEquals(OptionalLong.empty(), directory.pid("web"));
        assertFalse(Files.exists(directory.socket("web")));
    }

    @Test
    void givesANameOnlyOnce() {
        try (ControlSocket first = directory.claim("web");
                ControlSocket other = directory.claim("db")) {
            HostException e = assertThrows(HostException.class, () -> directory.claim("web"));
            assertEquals(
                    "vm web: cannot run: a VM of this name runs already (process " + OWN_PID
                            + "); stop it with 'jinn stop web', or give this one another name",
                    e.getMessage());
            assertEquals(List.of("db", "web"), directory.names());
            assertTrue(first.channel().isOpen() && other.channel().isOpen());
        }
        assertEquals(List.of(), directory.names());
        directory.claim("web").close();
    }

    @Test
    void givesANameToOneOfManyWhoWantItAtOnce() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Boolean>> claims = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                claims.add(threads.submit(this::claimsForGood));
            }
            int winners = 0;
            for (Future<Boolean> claim : claims) {
                winners += claim.get() ? 1 : 0;
            }
            assertEquals(1, winners);
        }
    }

    private boolean claimsForGood() {
        try {
            return directory.claim("web").channel().isOpen();
        } catch (HostException e) {
            return false;
        }
    }

    @Test
    void recognisesAndRemovesWhatADeadProcessHasLeft() throws IOException {
        leaveASocket("web");
        leaveASocket("db");
        try (ControlSocket alive = directory.claim("alive")) {
            assertEquals(List.of("alive"), directory.names());
            assertFalse(Files.exists(directory.socket("web")));
            assertTrue(alive.channel().isOpen());
        }
        leaveASocket("web");
        directory.claim("web").close();
    }

    @Test
    void closingTwiceDoesNotRemoveTheNextOwnersSocket() {
        ControlSocket first = directory.claim("web");
        first.close();
        try (ControlSocket second = directory.claim("web")) {
            first.close();
            assertEquals(List.of("web"), directory.names());
            assertTrue(second.channel().isOpen());
        }
    }

    @Test
    void refusesADirectoryThatOthersMayWriteTo() throws IOException {
        Files.setPosixFilePermissions(directory.path(), PosixFilePermissions.fromString("rwxrwxrwx"));
        HostException e = assertThrows(HostException.class, directory::prepare);
        assertEquals(
                "cannot use " + directory.path() + " for control sockets: others may write to it (rwxrwxrwx); make it"
                        + " 'chmod 700'",
                e.getMessage());
    }

    @Test
    void tellsWhyThereCanBeNoDirectory() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));
        ControlDirectory impossible = new ControlDirectory(file.resolve("jinn"));
        HostException e = assertThrows(HostException.class, impossible::prepare);
        assertTrue(
                e.getMessage().startsWith("cannot make the directory " + file + "/jinn for control sockets: "),
                e.getMessage());
        assertTrue(e.getMessage().endsWith("; set XDG_RUNTIME_DIR to a directory of yours"), e.getMessage());
    }

    @Test
    void tellsThatAPathIsTooLongForASocketAndLeavesNothing() throws IOException {
        ControlDirectory deep = new ControlDirectory(temporary.resolve("d".repeat(100)));
        deep.prepare();
        HostException e = assertThrows(HostException.class, () -> deep.claim("web"));
        assertTrue(e.getMessage().startsWith("cannot make the control socket " + deep.socket("web") + ": "));
        assertTrue(e.getMessage().contains("too long"), e.getMessage());
        assertEquals(List.of(), deep.names());
        assertEquals(OptionalLong.empty(), deep.pid("web"));
    }

    /** What is left of a VM whose process was killed: the files, and nobody who listens. */
    private void leaveASocket(String name) throws IOException {
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(directory.socket(name)));
        }
        assertTrue(Files.exists(directory.socket(name)));
    }

    private static Path standard(Map<String, String> environment) {
        return ControlDirectory.standard(environment).path();
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
