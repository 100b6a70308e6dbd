package jinn.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Optional;
import jinn.vm.ConsolePiece;

/**
 * One client of the socket. Used on the server's thread only.
 *
 * <p>A client is not read while it has not taken all its answers. So it costs at most one answer, one line and {@value
 * #MAX_EVENT_BYTES} bytes of events, whatever it does.
 */
final class Connection {

    /** Beyond this, a subscriber that does not read loses events. */
    static final int MAX_EVENT_BYTES = 1 << 18;

    /** Most bytes of the console in one event. */
    private static final int CONSOLE_BYTES = 1 << 14;

    private final SocketChannel channel;
    private final SelectionKey key;
    private final LineReader input = new LineReader();
    private final Deque<ByteBuffer> output = new ArrayDeque<>();
    private long outputBytes;
    private long lostEvents;
    private boolean subscribed;
    private boolean inputEnded;
    private boolean closing;
    private boolean awaitingAnswer;
    private boolean watchesConsole;
    private boolean awaitsRoom;
    private long consolePosition;

    Connection(SocketChannel channel, SelectionKey key) {
        this.channel = channel;
        this.key = key;
    }

    /** Reads what has come. */
    void read() throws IOException {
        if (key.isReadable() && channel.read(input.room()) < 0) {
            inputEnded = true;
        }
    }

    /** Returns the next request's line if the client has taken all answers before it. */
    Optional<byte[]> nextLine() {
        if (!output.isEmpty() || closing || awaitingAnswer) {
            return Optional.empty();
        }
        Optional<byte[]> line = input.next();
        if (line.isPresent() || !inputEnded) {
            return line;
        }
        closing = true;
        byte[] rest = input.rest();
        return rest.length == 0 ? Optional.empty() : Optional.of(rest);
    }

    /** Returns whether the client has sent more without a newline than a line may have. */
    boolean isFlooded() {
        return !closing && !awaitingAnswer && output.isEmpty() && !input.room().hasRemaining();
    }

    /** Takes no further line until {@link #answered}: answers come in the order of the requests. */
    void awaitAnswer() {
        awaitingAnswer = true;
    }

    void answered() {
        awaitingAnswer = false;
    }

    void send(ByteBuffer message) throws IOException {
        output.add(message);
        outputBytes += message.remaining();
        write();
    }

    /** Sends an event to a subscriber; where that one does not keep up, it is told later how many it has lost. */
    void sendEvent(ByteBuffer event) throws IOException {
        if (subscribed && !closing) {
            deliver(event);
        }
    }

    private void deliver(ByteBuffer event) throws IOException {
        if (outputBytes + event.remaining() > MAX_EVENT_BYTES) {
            lostEvents++;
            return;
        }
        if (lostEvents > 0) {
            long lost = lostEvents;
            lostEvents = 0;
            send(Message.of(json -> {
                json.writeStringProperty("event", "lost");
                json.writeNumberProperty("count", lost);
            }));
        }
        send(event.duplicate());
    }

    /** Lets the client have the consoles' output, from the oldest that is kept. */
    void watchConsole() {
        watchesConsole = true;
    }

    /** The VM has not taken all that the client has typed: it waits to hear of room. */
    void awaitRoom() {
        awaitsRoom = true;
    }

    /** Sends what the console has to say, unless the client has yet to take what came before. */
    void sendConsole(ControlledVm vm) throws IOException {
        if (awaitsRoom && vm.hasRoom()) {
            awaitsRoom = false;
            send(Message.of(json -> json.writeStringProperty("event", "input-room")));
        }
        while (watchesConsole && !closing && output.isEmpty()) {
            ConsolePiece piece = vm.consoleOutput(consolePosition, CONSOLE_BYTES);
            if (piece.bytes().length == 0) {
                return;
            }
            long lost = piece.position() - consolePosition;
            boolean first = consolePosition == 0;
            consolePosition = piece.end();
            send(Message.of(json -> {
                json.writeStringProperty("event", "output");
                if (lost > 0 && !first) {
                    json.writeNumberProperty("lost", lost);
                }
                json.writeStringProperty("data", Base64.getEncoder().encodeToString(piece.bytes()));
            }));
        }
    }

    /** Sends the last event to whoever has been hearing of the VM. */
    void sendEnd(ByteBuffer event) throws IOException {
        if ((subscribed || watchesConsole) && !closing) {
            deliver(event);
        }
    }

    void subscribe() {
        subscribed = true;
    }

    boolean isSubscribed() {
        return subscribed;
    }

    /** Lets the client have what is on its way to it, and then ends the connection. */
    void closeWhenTaken() {
        closing = true;
    }

    /** Writes what the client takes. */
    void write() throws IOException {
        while (!output.isEmpty()) {
            outputBytes -= channel.write(output.peek());
            if (output.peek().hasRemaining()) {
                return;
            }
            output.remove();
        }
    }

    /** Returns whether nothing is left to do. */
    boolean isDone() {
        return closing && output.isEmpty();
    }

    /** Waits for input or, while there is output, for the client to take it. */
    void updateInterest() {
        boolean reads = output.isEmpty() && !inputEnded && !closing && !awaitingAnswer;
        key.interestOps((reads ? SelectionKey.OP_READ : 0) | (output.isEmpty() ? 0 : SelectionKey.OP_WRITE));
    }

    void close() {
        try {
            key.cancel();
            channel.close();
        } catch (IOException e) {
            // A socket that cannot be closed in order is gone all the same.
            return;
        }
    }
}
