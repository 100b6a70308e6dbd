package jinn.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import jinn.event.EventLoop;
import jinn.virtio.console.PortEnd;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleSocketTest {

    private static final int PATIENCE_SECONDS = 60;

    @TempDir
    private Path directory;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final EventLoop loop = EventLoop.start("test-loop", failure -> events.add("failure: " + failure));
    private final FakePort port = new FakePort();
    private Path path;
    private ConsoleSocket socket;

    /** The device's side. Loop thread, but for the events. */
    private final class FakePort implements PortEnd.Port {

        private int room = Integer.MAX_VALUE;

        @Override
        public int receive(byte[] bytes, int offset, int length) {
            int taken = Math.min(room, length);
            room -= taken;
            if (taken > 0) {
                events.add(new String(bytes, offset, taken, StandardCharsets.US_ASCII));
            }
            return taken;
        }

        @Override
        public void outputSpace() {
            events.add("space");
        }

        @Override
        public void openChanged() {
            events.add(socket.isOpen() ? "open" : "closed");
        }
    }

    @BeforeEach
    void listen() {
        path = directory.resolve("port");
        socket = ConsoleSocket.listen(path, loop, events::add);
        socket.connect(port);
    }

    @AfterEach
    void close() {
        socket.close();
        loop.close();
        assertFalse(Files.exists(path));
    }

    private SocketChannel program() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(path));
    }

    private String event() throws InterruptedException {
        return String.valueOf(events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    private int write(byte[] bytes) {
        int[] taken = new int[1];
        loop.executeAndWait(() -> taken[0] = socket.write(bytes, 0, bytes.length));
        return taken[0];
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void aProgramAndTheGuestHearEachOther() throws Exception {
        try (SocketChannel program = program()) {
            assertEquals("open", event());
            program.write(ByteBuffer.wrap(ascii("hello")));
            assertEquals("hello", event());
            assertEquals(6, write(ascii("answer")));

            ByteBuffer read = ByteBuffer.allocate(16);
            program.read(read);
            assertEquals("answer", new String(read.array(), 0, read.position(), StandardCharsets.US_ASCII));
        }
        assertEquals("closed", event());
    }

    @Test
    void theNextProgramWaitsUntilTheFirstHasGone() throws Exception {
        SocketChannel first = program();
        assertEquals("open", event());
        try (SocketChannel second = program()) {
            second.write(ByteBuffer.wrap(ascii("second")));
            first.write(ByteBuffer.wrap(ascii("first")));
            assertEquals("first", event());
            first.close();

            assertEquals("closed", event());
            assertEquals("space", event());
            assertEquals("open", event());
            assertEquals("second", event());
        }
    }

    @Test
    void outputWaitsForAProgramThatIsSlow() throws Exception {
        byte[] page = new byte[4096];
        try (SocketChannel program = program()) {
            assertEquals("open", event());
            long sent = 0;
            int taken = page.length;
            while (taken == page.length) {
                taken = write(page);
                sent += taken;
            }
            assertTrue(events.isEmpty(), events::toString);

            ByteBuffer read = ByteBuffer.allocate(page.length);
            long received = 0;
            while (received < sent) {
                read.clear();
                received += program.read(read);
            }
            assertEquals(sent, received);
            assertEquals("space", event());
        }
    }

    @Test
    void inputWaitsForRoomAndIsThereAfterItsProgramHasGone() throws Exception {
        loop.executeAndWait(() -> port.room = 3);
        try (SocketChannel program = program()) {
            program.write(ByteBuffer.wrap(ascii("abcdefg")));
        }
        assertEquals("open", event());
        assertEquals("abc", event());
        loop.executeAndWait(() -> {
            port.room = 100;
            socket.inputSpace();
        });

        assertEquals("defg", event());
        assertEquals("closed", event());
    }

    @Test
    void aProgramThatHasEndedItsOutputStillGetsTheGuests() throws Exception {
        try (SocketChannel program = program()) {
            program.write(ByteBuffer.wrap(ascii("question")));
            program.shutdownOutput();
            assertEquals("open", event());
            assertEquals("question", event());
            assertEquals(6, write(ascii("answer")));

            ByteBuffer read = ByteBuffer.allocate(16);
            program.read(read);
            assertEquals(6, read.position());
        }
        assertEquals("closed", event());
    }

    @Test
    void whatIsWrittenForNobodyIsTakenAndLost() {
        assertEquals(6, write(ascii("nobody")));
    }

    @Test
    void aFileKeepsWhatIsWrittenAndABrokenOneIsTold() throws Exception {
        Path log = Files.writeString(directory.resolve("log"), "old and longer");
        try (ConsoleFile file = ConsoleFile.create(log, events::add)) {
            assertTrue(file.isOpen());
            assertEquals(3, file.write(ascii("-new-"), 1, 3));
        }
        assertEquals("new", Files.readString(log));
        try (ConsoleFile full = ConsoleFile.create(Path.of("/dev/full"), events::add)) {
            assertEquals(3, full.write(ascii("one"), 0, 3));
            assertEquals(3, full.write(ascii("two"), 0, 3));
        }
        assertEquals(1, events.size(), events::toString);
        String told = event();
        assertTrue(told.startsWith("cannot write to /dev/full: "), told);
        assertTrue(told.endsWith("; what the guest writes is lost"), told);
    }
}
