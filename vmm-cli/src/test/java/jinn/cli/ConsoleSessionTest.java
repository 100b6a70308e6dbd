package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import jinn.control.ControlClient;
import jinn.control.ControlDirectory;
import jinn.control.ControlServer;
import jinn.control.FakeControlledVm;
import jinn.control.VmIdentity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ConsoleSessionTest {

    @TempDir
    private Path temporary;

    private final FakeControlledVm vm = new FakeControlledVm(0);
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final List<String> messages = Collections.synchronizedList(new ArrayList<>());
    private ControlServer server;
    private ControlClient client;

    @BeforeEach
    void start() throws IOException {
        ControlDirectory directory = new ControlDirectory(temporary.resolve("jinn"));
        directory.prepare();
        VmIdentity identity = new VmIdentity("web", "1.2.3", 4711, "web.json", 2, 64L << 20);
        server = ControlServer.start(directory.claim("web"), identity, vm);
        client = ControlClient.connect(directory, "web");
        client.greet();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void typesUntilTheEscapeKeyAndDetaches() {
        vm.write("login: ");
        ByteArrayInputStream keys = new ByteArrayInputStream(bytes("root\r\u001dnot this"));

        assertEquals(new ConsoleSession.End.Detached(), session(true).run(keys));
        assertEquals("root\r", vm.typed());
        assertEquals("login: ", shown.toString(StandardCharsets.UTF_8));
    }

    @Test
    void theEndOfAPipeIsNotTheEndOfTheSession() throws Exception {
        CompletableFuture<ConsoleSession.End> end =
                CompletableFuture.supplyAsync(() -> session(false).run(new ByteArrayInputStream(bytes("\u001dls\n"))));
        await(() -> vm.typed().equals("\u001dls\n"));
        vm.write("bin\n");
        await(() -> shown.toString(StandardCharsets.UTF_8).equals("bin\n"));
        server.ended("powered-off", "guest powered off", 0);
        server.close();

        assertEquals(new ConsoleSession.End.Closed("guest powered off"), end.get(30, TimeUnit.SECONDS));
    }

    @Test
    void nothingIsLostWhenTheGuestTakesInputInSmallPieces() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < 50_000; i++) {
            text.append(i).append(' ');
        }
        vm.setRoom(0);
        CompletableFuture<ConsoleSession.End> end = CompletableFuture.supplyAsync(
                () -> session(false).run(new ByteArrayInputStream(bytes(text.toString()))));
        while (vm.typed().length() < text.length()) {
            vm.setRoom(777);
            await(() -> !vm.hasRoom() || vm.typed().length() == text.length());
        }
        assertEquals(text.toString(), vm.typed());
        server.close();
        end.get(30, TimeUnit.SECONDS);
    }

    @Test
    void theEscapeKeyWorksWhileTheGuestTakesNothing() throws Exception {
        vm.setRoom(0);
        try (PipedOutputStream keys = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(keys, 1 << 16)) {
            keys.write(bytes("x".repeat(20_000)));
            keys.write(0x1d);
            assertEquals(new ConsoleSession.End.Detached(), session(true).run(in));
        }
    }

    @Test
    void theGuestIsToldTheTerminalsSizeAndNothingTypedIsLost() throws Exception {
        vm.setRoom(1000);
        ConsoleSession session = session(true);
        session.resized(100, 40);
        try (PipedOutputStream keys = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(keys)) {
            CompletableFuture<ConsoleSession.End> end = CompletableFuture.supplyAsync(() -> session.run(in));
            await(() -> vm.sizes().equals(List.of("100x40")));
            keys.write(bytes("ls"));
            session.resized(120, 50);
            keys.write(bytes("\r"));
            await(() -> vm.sizes().size() == 2);
            keys.write(0x1d);
            keys.flush();
            assertEquals(new ConsoleSession.End.Detached(), end.get(30, TimeUnit.SECONDS));
        }
        assertEquals("ls\r", vm.typed());
        assertEquals(List.of("100x40", "120x50"), vm.sizes());
    }

    @Test
    void aVmWithoutInputIsOnlyWatched() {
        vm.setRoom(-1);
        vm.write("hello");
        server.ended("stopped", "stopped from the host", 130);
        Thread end = new Thread(() -> {
            await(() -> !messages.isEmpty());
            server.close();
        });
        end.start();

        assertEquals(
                new ConsoleSession.End.Closed("stopped from the host"),
                session(true).run(new ByteArrayInputStream(bytes("x"))));
        assertEquals("hello", shown.toString(StandardCharsets.UTF_8));
        assertEquals(List.of("vm web: no console of this VM takes input; this only watches"), messages);
    }

    private ConsoleSession session(boolean raw) {
        return new ConsoleSession("web", client, new PrintStream(shown, true), raw, messages::add);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "waited in vain");
            Thread.onSpinWait();
        }
    }
}
