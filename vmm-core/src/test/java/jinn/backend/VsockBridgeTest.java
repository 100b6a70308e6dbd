package jinn.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import jinn.error.HostException;
import jinn.event.EventLoop;
import jinn.memory.IoVector;
import jinn.virtio.vsock.HostStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VsockBridgeTest {

    private static final int PATIENCE_SECONDS = 60;

    @TempDir
    private Path directory;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<HostStream> accepted = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> warnings = new LinkedBlockingQueue<>();
    private final EventLoop loop = EventLoop.start("test-loop", failure -> events.add("failure: " + failure));
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(4096);
    private final IoVector vector = new IoVector(1, arena);
    private Path path;
    private VsockBridge bridge;

    @BeforeEach
    void listen() {
        path = directory.resolve("vsock");
        bridge = VsockBridge.listen(path, loop, warnings::add);
        loop.executeAndWait(() -> bridge.start((stream, port) -> {
            accepted.add(stream);
            events.add("port " + Integer.toUnsignedString(port));
            return port != 13;
        }));
    }

    @AfterEach
    void close() {
        loop.executeAndWait(() -> {
            bridge.stop();
            accepted.forEach(HostStream::close);
        });
        bridge.close();
        loop.close();
        arena.close();
    }

    private SocketChannel connect(String greeting) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
        channel.write(ByteBuffer.wrap(greeting.getBytes(StandardCharsets.US_ASCII)));
        return channel;
    }

    private static String read(SocketChannel channel, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
            assertTrue(buffer.position() > 0);
        }
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
    }

    private String nextEvent() throws InterruptedException {
        return events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void programNamesThePortAndIsToldItsOwn() throws Exception {
        try (SocketChannel channel = connect("CONNECT 4294967295\nrest")) {
            assertEquals("port 4294967295", nextEvent());
            HostStream stream = accepted.take();
            loop.executeAndWait(() -> {
                stream.confirm(1073741824);
                vector.clear();
                vector.add(memory);
                assertEquals(4, stream.read(vector));
                assertEquals(HostStream.BLOCKED, stream.read(vector));
                stream.close();
            });
            assertEquals(
                    "rest", new String(memory.asSlice(0, 4).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII));
            assertEquals("OK 1073741824\n", read(channel, 100));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT\n", "CONNECT \n", "CONNECT 4294967296\n", "connect 1\n", "\n", "CONNECT 1 2\n"})
    void wrongGreetingEndsTheConnection(String greeting) throws Exception {
        try (SocketChannel channel = connect(greeting)) {
            assertEquals("", read(channel, 1));
        }
        assertEquals(0, accepted.size());
    }

    @Test
    void refusedConnectionEnds() throws Exception {
        try (SocketChannel channel = connect("CONNECT 13\n")) {
            assertEquals("", read(channel, 1));
        }
        accepted.clear();
    }

    @Test
    void guestReachesTheProgramAtItsPort() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(directory.resolve("vsock_52")))) {
            loop.executeAndWait(() -> {
                HostStream stream = bridge.connect(52).orElseThrow();
                accepted.add(stream);
                MemorySegment.copy(new byte[] {'h', 'i'}, 0, memory, ValueLayout.JAVA_BYTE, 0, 2);
                vector.clear();
                vector.add(memory, 0, 2);
                assertEquals(2, stream.write(vector));
                stream.endOutput();
            });
            try (SocketChannel channel = server.accept()) {
                assertEquals("hi", read(channel, 10));
            }
        }
    }

    @Test
    void guestReachesNobodyWhereNobodyListens() {
        loop.executeAndWait(() -> assertEquals(Optional.empty(), bridge.connect(52)));
        assertEquals(0, warnings.size());
    }

    @Test
    void streamTellsOfInputAndOfAHangUpOnce() throws Exception {
        try (SocketChannel channel = connect("CONNECT 1\n")) {
            assertEquals("port 1", nextEvent());
            HostStream stream = accepted.peek();
            loop.executeAndWait(() -> stream.watch(() -> events.add("hung up " + stream.isHungUp()), false, false));
            channel.shutdownOutput();
            loop.executeAndWait(() -> stream.watch(
                    () -> {
                        events.add("hung up " + stream.isHungUp());
                        stream.watch(() -> events.add("end " + stream.isHungUp()), false, false);
                    },
                    true,
                    false));
            assertEquals("hung up false", nextEvent());
        }
        assertEquals("end true", nextEvent());
        loop.executeAndWait(() -> {});
        loop.executeAndWait(() -> {});
        assertEquals(0, events.size());
    }

    @Test
    void leftOverSocketIsReplacedAndOneInUseIsNot() throws Exception {
        Path other = directory.resolve("other");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(other))
                .close();
        assertTrue(Files.exists(other));
        VsockBridge.listen(other, loop, warnings::add).close();
        assertFalse(Files.exists(other));

        HostException used = assertThrows(HostException.class, () -> VsockBridge.listen(path, loop, warnings::add));
        assertTrue(used.getMessage().contains("(EADDRINUSE); remove the file or name another path"), used::getMessage);
        assertTrue(Files.exists(path));
    }

    @Test
    void fileThatIsNoSocketStays() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "precious");
        assertThrows(HostException.class, () -> VsockBridge.listen(file, loop, warnings::add));
        assertEquals("precious", Files.readString(file));
    }
}
