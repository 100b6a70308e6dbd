package jinn.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import jinn.error.HostException;
import tools.jackson.core.JacksonException;

/** A connection to the control socket of a running VM. Not thread-safe. */
public final class ControlClient implements AutoCloseable {

    /** How long an answer may take. The server's thread waits for nobody, so a VM that needs longer hangs. */
    public static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int BUFFER_BYTES = 1 << 16;

    private final String name;
    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer received = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
    private volatile boolean woken;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    private ControlClient(String name, SocketChannel channel, Selector selector) {
        this.name = name;
        this.channel = channel;
        this.selector = selector;
    }

    /**
     * Connects to a VM.
     *
     * @throws HostException if no such VM runs, naming those that do
     */
    public static ControlClient connect(ControlDirectory directory, String name) {
        if (!directory.names().contains(name)) {
            String others = String.join(", ", directory.names());
            throw new HostException("vm " + name + ": does not run; "
                    + (others.isEmpty() ? "no VM does" : "running: " + others)
                    + " (control sockets in " + directory.path() + ")");
        }
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.configureBlocking(false);
                channel.connect(UnixDomainSocketAddress.of(directory.socket(name)));
                Selector selector = Selector.open();
                channel.register(selector, SelectionKey.OP_READ);
                return new ControlClient(name, channel, selector);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new HostException("vm " + name + ": cannot connect to its control socket: " + e.getMessage(), e);
        }
    }

    /** What came of waiting for a line. */
    public sealed interface Reply {

        /** A line came. */
        record Line(String text) implements Reply {}

        /** The VM has ended, or has ended the connection. */
        record Ended() implements Reply {}

        /** The time is over. */
        record Late() implements Reply {}
    }

    /** An answer: the object, and the line that it came in. */
    public record Answer(Map<?, ?> object, String text) {}

    /**
     * Reads the greeting and checks that both sides speak the same protocol.
     *
     * @throws HostException if none comes within {@link #PATIENCE}, or a foreign one
     */
    public Map<?, ?> greet() {
        return greet(nextLine(PATIENCE));
    }

    /** The same for a greeting that has come. */
    public Map<?, ?> greet(Reply reply) {
        Map<?, ?> hello = answer(reply)
                .map(Answer::object)
                .orElseThrow(() -> new HostException("vm " + name + ": ended before it answered"));
        if (hello.get("error") instanceof String error) {
            throw new HostException("vm " + name + ": refuses the connection: " + error);
        }
        if (!BigInteger.valueOf(ControlServer.PROTOCOL).equals(hello.get("protocol"))) {
            throw new HostException("vm " + name + ": speaks version " + hello.get("protocol")
                    + " of the control protocol, this jinn " + ControlServer.PROTOCOL
                    + "; use the jinn that runs it (" + hello.get("version") + ")");
        }
        return hello;
    }

    /**
     * Asks for something that is there at once.
     *
     * @param command a word of the protocol
     * @return the answer, or nothing when the VM has ended
     * @throws HostException if none comes within {@link #PATIENCE}, or a refusal
     */
    public Optional<Answer> ask(String command) {
        send(command);
        return obeyed(command);
    }

    /**
     * Asks how the balloon is doing; fails as {@link #ask}.
     *
     * @param bytes how big it is to be from now on, or empty to leave it
     */
    public Optional<Answer> askBalloon(OptionalLong bytes) {
        sendMessage(Message.of(json -> {
            json.writeStringProperty("command", "balloon");
            bytes.ifPresent(number -> json.writeNumberProperty("bytes", number));
        }));
        return obeyed("balloon");
    }

    private Optional<Answer> obeyed(String command) {
        Optional<Answer> answer = answer(nextLine(PATIENCE));
        answer.map(Answer::object)
                .filter(object -> !Boolean.TRUE.equals(object.get("ok")))
                .ifPresent(refusal -> {
                    throw new HostException("vm " + name + ": refuses '" + command + "': " + refusal.get("error"));
                });
        return answer;
    }

    /** Types for the guest. The answer comes as a line. */
    public void type(byte[] bytes) {
        sendMessage(Message.of(json -> {
            json.writeStringProperty("command", "input");
            json.writeStringProperty("data", Base64.getEncoder().encodeToString(bytes));
        }));
    }

    /**
     * Tells the guest the size of the terminal. The answer comes as a line with this id: that of the request.
     *
     * @param columns width in characters, up to 65535; 0 if unknown
     * @param rows height in characters, up to 65535; 0 if unknown
     */
    public void resize(String id, int columns, int rows) {
        sendMessage(Message.of(json -> {
            json.writeStringProperty("id", id);
            json.writeStringProperty("command", "resize");
            json.writeNumberProperty("columns", columns);
            json.writeNumberProperty("rows", rows);
        }));
    }

    /** Makes the current or the next {@link #nextLine} return {@link Reply.Late} soon. Any thread. */
    public void wakeUp() {
        woken = true;
        selector.wakeup();
    }

    /**
     * Asks for something that may take a while.
     *
     * @return whether it was done; false when the VM has ended
     * @throws HostException with the VM's own words if it refuses, or if it takes longer than {@code patience}
     */
    public boolean request(String command, Duration patience) {
        send(command);
        Optional<Answer> answer = answer(nextLine(patience));
        answer.map(Answer::object)
                .filter(object -> !Boolean.TRUE.equals(object.get("ok")))
                .ifPresent(refusal -> {
                    throw new HostException(String.valueOf(refusal.get("error")));
                });
        return answer.isPresent();
    }

    /** Sends a request, unless the VM has ended. */
    public void send(String command) {
        sendMessage(Message.of(json -> json.writeStringProperty("command", command)));
    }

    private void sendMessage(ByteBuffer message) {
        try {
            // A request is far smaller than a socket's buffer, which is empty: the last answer has come.
            channel.write(message);
        } catch (IOException e) {
            // Whoever waits for the answer will find that the VM has ended.
            return;
        }
    }

    private Optional<Answer> answer(Reply reply) {
        return switch (reply) {
            case Reply.Line(String text) -> Optional.of(new Answer(object(text), text));
            case Reply.Ended ended -> Optional.empty();
            case Reply.Late late ->
                throw new HostException(
                        "vm " + name + ": does not answer; 'jinn stop " + name + "' ends it all the same");
        };
    }

    /** Returns the next line, as soon as it has come whole. */
    public Reply nextLine(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (true) {
                Optional<String> whole = takeLine();
                if (whole.isPresent()) {
                    return new Reply.Line(whole.get());
                }
                int bytes = receive(deadline);
                if (bytes <= 0) {
                    return bytes < 0 ? new Reply.Ended() : new Reply.Late();
                }
            }
        } catch (IOException e) {
            // The server's process is gone with bytes unread: for the reader that is an end like any other.
            return new Reply.Ended();
        }
    }

    private Optional<String> takeLine() {
        while (received.hasRemaining()) {
            byte next = received.get();
            if (next == '\n') {
                String text = line.toString(StandardCharsets.UTF_8);
                line.reset();
                return Optional.of(text);
            }
            line.write(next);
        }
        return Optional.empty();
    }

    /** Waits for bytes. Returns how many came: 0 when the time is over, -1 when no more will come. */
    private int receive(long deadline) throws IOException {
        int bytes = 0;
        boolean interrupted = takeWakeUp();
        for (long left = deadline - System.nanoTime();
                left > 0 && bytes == 0 && !interrupted;
                left = deadline - System.nanoTime()) {
            selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
            selector.selectedKeys().clear();
            received.clear();
            bytes = channel.read(received);
            received.flip();
            interrupted = bytes == 0 && takeWakeUp();
        }
        return bytes;
    }

    private boolean takeWakeUp() {
        boolean taken = woken;
        woken = false;
        return taken;
    }

    /**
     * Returns a line as the object that it is.
     *
     * @throws HostException if it is none
     */
    public Map<?, ?> parse(String text) {
        return object(text);
    }

    private Map<?, ?> object(String text) {
        try {
            if (JsonTree.read(text) instanceof Map<?, ?> object) {
                return object;
            }
        } catch (JacksonException e) {
            throw new HostException("vm " + name + ": its answer is not JSON", e);
        }
        throw new HostException("vm " + name + ": its answer is not a JSON object");
    }

    @Override
    public void close() {
        try {
            selector.close();
            channel.close();
        } catch (IOException e) {
            throw new HostException("vm " + name + ": cannot close the connection: " + e.getMessage(), e);
        }
    }
}
