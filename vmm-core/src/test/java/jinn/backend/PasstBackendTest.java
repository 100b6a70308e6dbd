package jinn.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import jinn.error.HostException;
import jinn.error.SyscallException;
import jinn.event.EventLoop;
import jinn.memory.IoVector;
import jinn.posix.ChildProcess;
import jinn.posix.Errno;
import jinn.posix.StreamSocket;
import jinn.virtio.net.FramePort;
import jinn.virtio.net.NetBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plays passt at the other end of a real socket. */
class PasstBackendTest {

    private static final int HEADER = 12;
    private static final int PATIENCE_SECONDS = 60;

    @TempDir
    private Path directory;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> warnings = new LinkedBlockingQueue<>();
    private final EventLoop loop = EventLoop.start("test-loop", failure -> events.add("failure: " + failure));
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(200_000);
    private final IoVector vector = new IoVector(8, arena);
    private ServerSocketChannel server;
    private SocketChannel passt;
    private PasstBackend backend;
    private FramePort port;

    private final NetBackend.Listener listener = new NetBackend.Listener() {
        @Override
        public void receivable(int pair) {
            port.setReceiving(false);
            events.add("receivable " + pair);
        }

        @Override
        public void sendable(int pair) {
            events.add("sendable " + pair);
        }

        @Override
        public void linkChanged() {
            events.add("link " + backend.isLinkUp());
        }
    };

    @BeforeEach
    void connect() throws IOException {
        Path socket = directory.resolve("passt.socket");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        backend = PasstBackend.connect(socket, loop, warnings::add);
        port = backend.port(0);
        passt = server.accept();
        loop.executeAndWait(() -> backend.start(0, listener));
    }

    @AfterEach
    void close() throws IOException {
        loop.executeAndWait(backend::stop);
        backend.close();
        loop.close();
        passt.close();
        server.close();
        arena.close();
    }

    private String nextEvent() throws InterruptedException {
        return events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Returns the next frame with its header, or an empty array. */
    private byte[] receive() {
        byte[][] frame = new byte[1][];
        loop.executeAndWait(() -> {
            int bytes = port.receive(vector);
            frame[0] = port.rest()
                    .asSlice(bytes == 0 ? 0 : port.restOffset(), bytes)
                    .toArray(ValueLayout.JAVA_BYTE);
        });
        return frame[0];
    }

    private static ByteBuffer stream(byte[]... frames) {
        ByteBuffer bytes = ByteBuffer.allocate(400_000);
        for (byte[] frame : frames) {
            bytes.putInt(frame.length).put(frame);
        }
        return bytes.flip();
    }

    private static byte[] frame(int bytes, int seed) {
        byte[] frame = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            frame[i] = (byte) (i * 31 + seed);
        }
        return frame;
    }

    private void assertFrame(byte[] expected, byte[] received) {
        assertArrayEquals(new byte[HEADER], Arrays.copyOf(received, HEADER));
        assertArrayEquals(expected, Arrays.copyOfRange(received, HEADER, received.length));
    }

    @Test
    void framesOfPasstComeOneByOneWithAnEmptyHeader() throws Exception {
        passt.write(stream(frame(60, 1), frame(1514, 2), frame(14, 3)));
        assertEquals("receivable 0", nextEvent());
        assertFrame(frame(60, 1), receive());
        assertFrame(frame(1514, 2), receive());
        assertFrame(frame(14, 3), receive());
        assertEquals(0, receive().length);
    }

    @Test
    void frameThatComesInPiecesIsWaitedFor() throws Exception {
        ByteBuffer bytes = stream(frame(300, 1), frame(65553, 2));
        int length = bytes.limit();
        for (int end : new int[] {2, 4, 100, 304, 306, 400, 30_000, length}) {
            bytes.limit(end);
            while (bytes.hasRemaining()) {
                passt.write(bytes);
            }
            byte[] received = receive();
            if (end == 304) {
                assertFrame(frame(300, 1), received);
            } else if (end == length) {
                assertFrame(frame(65553, 2), received);
            } else {
                assertEquals(0, received.length, "at " + end);
            }
        }
    }

    @Test
    void framesToPasstHaveTheirLengthAndNoHeader() throws Exception {
        MemorySegment.copy(frame(100, 5), 0, memory, ValueLayout.JAVA_BYTE, HEADER, 100);
        loop.executeAndWait(() -> {
            vector.clear();
            vector.add(memory, 0, 50);
            vector.add(memory, 50, 62);
            assertEquals(FramePort.Sending.SENT, port.send(vector));
        });
        assertArrayEquals(sent(frame(100, 5)), read(104));
    }

    private static byte[] sent(byte[] frame) {
        return ByteBuffer.allocate(4 + frame.length)
                .putInt(frame.length)
                .put(frame)
                .array();
    }

    private byte[] read(int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining() && passt.read(buffer) >= 0) {
            assertTrue(buffer.position() > 0);
        }
        return buffer.array();
    }

    /** Sends frames of a length until the socket is full. Returns how many were taken whole. */
    private int fillSocket(int bytes) {
        int[] count = new int[1];
        loop.executeAndWait(() -> {
            FramePort.Sending sending = FramePort.Sending.SENT;
            while (sending == FramePort.Sending.SENT) {
                vector.clear();
                vector.add(memory, 0, HEADER + (long) bytes);
                sending = port.send(vector);
                count[0] += sending == FramePort.Sending.SENT ? 1 : 0;
            }
            assertEquals(FramePort.Sending.LATER, sending);
        });
        return count[0];
    }

    @Test
    void frameThatIsCutShortGoesOnWhenPasstReads() throws Exception {
        MemorySegment.copy(frame(60_000, 9), 0, memory, ValueLayout.JAVA_BYTE, HEADER, 60_000);
        int whole = fillSocket(60_000);
        byte[] expected = sent(frame(60_000, 9));
        for (int i = 0; i < whole; i++) {
            assertArrayEquals(expected, read(expected.length));
        }
        assertEquals("sendable 0", nextEvent());
        FramePort.Sending[] sending = new FramePort.Sending[1];
        loop.executeAndWait(() -> sending[0] = port.send(vector));
        assertEquals(FramePort.Sending.SENT, sending[0]);
        assertArrayEquals(expected, read(expected.length));
    }

    @Test
    void frameThatAResetCutsOffIsFilledUpSoThatTheNextIsUnderstood() throws Exception {
        int whole = fillSocket(60_000);
        loop.executeAndWait(() -> {
            backend.stop();
            backend.start(0, listener);
        });
        for (int i = 0; i < whole; i++) {
            read(60_004);
        }
        MemorySegment.copy(frame(70, 3), 0, memory, ValueLayout.JAVA_BYTE, HEADER, 70);
        loop.executeAndWait(() -> {
            vector.clear();
            vector.add(memory, 0, HEADER + 70);
            assertEquals(FramePort.Sending.SENT, port.send(vector));
        });
        ByteBuffer rest = ByteBuffer.allocate(60_004 + 74);
        while (rest.position() < 74 || rest.position() % 60_004 != 74) {
            passt.read(rest);
        }
        byte[] last = Arrays.copyOfRange(rest.array(), rest.position() - 74, rest.position());
        assertArrayEquals(sent(frame(70, 3)), last);
        assertEquals(rest.position() == 74 ? 0 : 60_000, rest.position() == 74 ? 0 : rest.getInt(0));
    }

    @Test
    void endOfPasstTakesTheLinkDownAndIsToldOnce() throws Exception {
        passt.close();
        assertEquals("receivable 0", nextEvent());
        assertEquals(0, receive().length);
        assertEquals("link false", nextEvent());
        assertFalse(backend.isLinkUp());
        assertTrue(warnings.take().contains("passt has ended (without a message); the guest's link is down"));
        loop.executeAndWait(() -> {
            vector.clear();
            vector.add(memory, 0, 80);
            assertEquals(FramePort.Sending.DROPPED, port.send(vector));
        });
        assertEquals(0, warnings.size());
    }

    @Test
    void endOfPasstIsSeenWhileTheGuestReceivesNothing() throws Exception {
        loop.executeAndWait(() -> port.setReceiving(false));
        passt.close();
        assertEquals("link false", nextEvent());
    }

    @Test
    void frameOfAnImpossibleLengthTakesTheLinkDown() throws Exception {
        passt.write(ByteBuffer.allocate(8).putInt(0x7fff_ffff).flip());
        assertEquals("receivable 0", nextEvent());
        assertEquals(0, receive().length);
        assertEquals("link false", nextEvent());
        assertTrue(warnings.take().contains("2147483647 bytes"));
    }

    @Test
    void socketWhereNobodyListensIsExplained() {
        HostException refused = assertThrows(
                HostException.class, () -> PasstBackend.connect(directory.resolve("nobody"), loop, warnings::add));
        assertTrue(refused.getMessage().contains("(ENOENT); start passt with 'passt --socket "), refused::getMessage);
    }

    @Test
    void passtIsToldWhatToForward() {
        assertEquals(
                List.of(
                        "passt",
                        "--foreground",
                        "--quiet",
                        "--fd",
                        "9",
                        "--mtu",
                        "1400",
                        "--tcp-ports",
                        "8080:80",
                        "--udp-ports",
                        "53"),
                new PasstBackend.Options(OptionalInt.of(1400), List.of("8080:80"), List.of("53")).command(9));
    }

    @Test
    void childInheritsItsSocketAndItsErrorsAreRead() throws Exception {
        StreamSocket.Pair frames = StreamSocket.pair("frames");
        StreamSocket.Pair errors = StreamSocket.pair("errors");
        int number = frames.other().number();
        String script = "echo first >&2; echo the last line >&2; echo hello >&" + number;
        ChildProcess child = ChildProcess.start(List.of("bash", "-c", script), errors.other(), frames.other());
        try (ErrorOutput output = ErrorOutput.of(errors.own(), loop)) {
            frames.other().close();
            errors.other().close();
            long read = frames.own().read(memory, 6);
            while (read == -Errno.EAGAIN.number()) {
                Thread.onSpinWait();
                read = frames.own().read(memory, 6);
            }
            assertEquals(6, read);
            String[] line = new String[1];
            loop.executeAndWait(() -> line[0] = output.lastLine().orElse(""));
            assertEquals("the last line", line[0]);
        } finally {
            child.close();
            frames.own().close();
        }
    }

    @Test
    void missingProgramIsNotStarted() {
        StreamSocket.Pair frames = StreamSocket.pair("frames");
        SyscallException missing = assertThrows(
                SyscallException.class,
                () -> ChildProcess.start(List.of("jinn-no-such-program"), frames.own(), frames.other()));
        assertEquals(Errno.ENOENT.number(), missing.errno());
        frames.own().close();
        frames.other().close();
    }
}
