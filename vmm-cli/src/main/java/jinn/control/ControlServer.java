package jinn.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import jinn.control.Request.BadRequestException;
import jinn.doorbell.DoorbellStatus;
import jinn.error.VmmException;
import jinn.vm.VmState;

/** Serves a VM's control socket on a thread of its own. */
public final class ControlServer implements AutoCloseable {

    /** The version of the protocol, which docs/control.md describes. */
    public static final int PROTOCOL = 1;

    /** HostLimits keeps descriptors free for as many. */
    static final int MAX_CLIENTS = 64;

    private static final String NO_INPUT = "the VM has no console that takes input";

    /** Events go out at most this often; a doorbell that rings more often than that is one event. */
    private static final long EVENT_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** How long the last messages may take, so that a client that does not read cannot hold the end up. */
    private static final long LAST_MESSAGES_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How long nobody is accepted after that has failed, because the process has no descriptors left for example. */
    private static final long ACCEPT_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ControlSocket socket;
    private final Answers answers;
    private final ControlledVm vm;
    private final Selector selector;
    private final Thread thread = new Thread(this::serve, "control");
    private final EventQueue events = new EventQueue();
    private final Queue<LateAnswer> lateAnswers = new ConcurrentLinkedQueue<>();
    private final long startNanos = System.nanoTime();

    /** Written on the thread only; read by {@link #doorbellRang} on the VM's. */
    private volatile boolean hasSubscribers;

    private volatile boolean ready;

    /** Whether the subscribers know of it; on the thread only. */
    private boolean readyTold;

    private volatile Optional<ByteBuffer> end = Optional.empty();
    private volatile boolean closing;
    private long nextEventsNanos = startNanos;
    private boolean acceptPaused;
    private long nextAcceptNanos = startNanos;

    /** The end of work that a client waits for; a refusal says why there is no result. */
    private record LateAnswer(Connection connection, Request request, Optional<String> refusal) {}

    private ControlServer(ControlSocket socket, VmIdentity identity, ControlledVm vm, Selector selector) {
        this.socket = socket;
        this.answers = new Answers(identity, vm, startNanos);
        this.vm = vm;
        this.selector = selector;
    }

    /**
     * Starts to serve.
     *
     * @param socket closed with the server
     */
    public static ControlServer start(ControlSocket socket, VmIdentity identity, ControlledVm vm) throws IOException {
        Selector selector = Selector.open();
        ControlServer server = new ControlServer(socket, identity, vm, selector);
        socket.channel().configureBlocking(false);
        socket.channel().register(selector, SelectionKey.OP_ACCEPT);
        vm.watchConsole(selector::wakeup);
        server.thread.setDaemon(true);
        server.thread.start();
        return server;
    }

    /** Tells the subscribers of a ring. Never blocks; may be called from any thread. */
    public void doorbellRang(DoorbellStatus status) {
        if (hasSubscribers && events.addRing(status)) {
            selector.wakeup();
        }
    }

    /** Tells the subscribers of a warning. Never blocks; may be called from any thread. */
    public void warned(String message) {
        if (hasSubscribers && events.addWarning(message)) {
            selector.wakeup();
        }
    }

    /** Tells the subscribers that the VM was paused or resumed. Never blocks; may be called from any thread. */
    public void stateChanged(VmState state) {
        if (hasSubscribers && events.addState(state == VmState.PAUSED ? "paused" : "resumed")) {
            selector.wakeup();
        }
    }

    /** Tells the subscribers, those to come too, that the guest is ready. Never blocks; may be called from any thread. */
    public void ready() {
        ready = true;
        selector.wakeup();
    }

    /** Says how the VM ended: the last event, which {@link #close} sends. */
    public void ended(String outcome, String message, int exitCode) {
        end = Optional.of(Message.of(json -> {
            json.writeStringProperty("event", "ended");
            json.writeStringProperty("outcome", outcome);
            json.writeStringProperty("message", message);
            json.writeNumberProperty("exitCode", exitCode);
        }));
    }

    /** Sends the last events, ends all connections and removes the socket. A second call does nothing. */
    @Override
    public void close() {
        closing = true;
        selector.wakeup();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve() {
        try {
            while (!closing) {
                selector.select(millisUntilDue());
                resumeAccepting();
                serveReadyClients();
                sendLateAnswers();
                sendReady();
                sendDueEvents();
                connections().forEach(this::settle);
            }
            // Before any connection ends: whoever sees that finds the VM's name free.
            socket.close();
            sendLastMessages();
        } catch (IOException e) {
            // Without its selector the server cannot go on. The VM can, so this is all that happens.
            closing = true;
        } finally {
            connections().forEach(Connection::close);
            socket.close();
            closeSelector();
        }
    }

    private void closeSelector() {
        try {
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns how long the thread may sleep; 0 is without end. */
    private long millisUntilDue() {
        if (events.isEmpty() && !acceptPaused) {
            return 0;
        }
        long due = events.isEmpty() ? nextAcceptNanos : nextEventsNanos;
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(due - System.nanoTime()));
    }

    private void resumeAccepting() {
        if (acceptPaused && System.nanoTime() - nextAcceptNanos >= 0) {
            acceptPaused = false;
            socket.channel().keyFor(selector).interestOps(SelectionKey.OP_ACCEPT);
        }
    }

    private void pauseAccepting() {
        acceptPaused = true;
        nextAcceptNanos = System.nanoTime() + ACCEPT_PAUSE_NANOS;
        socket.channel().keyFor(selector).interestOps(0);
    }

    private void serveReadyClients() throws IOException {
        for (SelectionKey key : selector.selectedKeys()) {
            if (!key.isValid()) {
                continue;
            }
            if (key.attachment() instanceof Connection connection) {
                guarded(connection, connection::read);
                guarded(connection, connection::write);
            } else {
                accept();
            }
        }
        selector.selectedKeys().clear();
    }

    private void accept() throws IOException {
        SocketChannel channel;
        try {
            channel = socket.channel().accept();
        } catch (IOException e) {
            pauseAccepting();
            return;
        }
        if (channel == null) {
            return;
        }
        channel.configureBlocking(false);
        boolean full = connections().size() >= MAX_CLIENTS;
        SelectionKey key = channel.register(selector, 0);
        Connection connection = new Connection(channel, key);
        key.attach(connection);
        guarded(connection, () -> connection.send(full ? Answers.tooManyClients() : answers.hello()));
        if (full) {
            connection.closeWhenTaken();
        }
    }

    /** Answers what the client has sent and can take answers to, and ends a connection that is done. */
    private void settle(Connection connection) {
        guarded(connection, () -> {
            for (Optional<byte[]> line = connection.nextLine(); line.isPresent(); line = connection.nextLine()) {
                answer(connection, line.get());
            }
            connection.sendConsole(vm);
            if (connection.isFlooded()) {
                connection.closeWhenTaken();
                connection.send(Answers.refusal(
                        Optional.empty(), "the line is too long: at most " + LineReader.MAX_BYTES + " bytes"));
            }
            if (connection.isDone()) {
                connection.close();
            } else {
                connection.updateInterest();
            }
        });
        hasSubscribers = connections().stream().anyMatch(Connection::isSubscribed);
    }

    private void answer(Connection connection, byte[] line) throws IOException {
        if (new String(line, StandardCharsets.ISO_8859_1).isBlank()) {
            return;
        }
        try {
            Request request = Request.parse(line);
            // Before the answer, so that whoever has it can rely on it. Events come from this thread, so after it.
            switch (request.command()) {
                case PAUSE -> answerLater(connection, request, vm::pause);
                case RESUME -> answerLater(connection, request, vm::resume);
                case EVENTS -> {
                    connection.subscribe();
                    hasSubscribers = true;
                    connection.send(answers.success(request));
                    if (readyTold) {
                        connection.sendEvent(readyEvent());
                    }
                }
                case CONSOLE -> {
                    connection.send(answers.success(request));
                    connection.watchConsole();
                }
                case INPUT -> connection.send(type(connection, request));
                case RESIZE -> connection.send(resize(request));
                case STOP -> {
                    vm.stop();
                    connection.send(answers.success(request));
                }
                case BALLOON -> connection.send(balloon(request));
                case POWER_BUTTON, STATUS, DOORBELLS, STATS -> connection.send(answers.success(request));
            }
        } catch (BadRequestException e) {
            connection.send(Answers.refusal(e.id(), e.getMessage()));
        }
    }

    /** Does what may take a while on a thread of its own. The client gets its answer, and is heard again, afterwards. */
    private void answerLater(Connection connection, Request request, Runnable work) {
        connection.awaitAnswer();
        Thread.ofPlatform().daemon().name("control-" + request.command().word()).start(() -> {
            Optional<String> refusal = refusalOf(work);
            lateAnswers.add(new LateAnswer(connection, request, refusal));
            selector.wakeup();
        });
    }

    private ByteBuffer balloon(Request request) {
        Optional<String> refusal = refusalOf(() -> request.bytes().ifPresent(vm::setBalloon));
        return refusal.map(reason -> Answers.refusal(request.id(), reason)).orElseGet(() -> answers.success(request));
    }

    private ByteBuffer resize(Request request) {
        if (!vm.takesInput()) {
            return Answers.refusal(request.id(), NO_INPUT);
        }
        request.size().ifPresent(size -> vm.resizeConsole(size.columns(), size.rows()));
        return answers.success(request);
    }

    private ByteBuffer type(Connection connection, Request request) {
        if (!vm.takesInput()) {
            return Answers.refusal(request.id(), NO_INPUT);
        }
        byte[] bytes = new byte[request.data().remaining()];
        request.data().get(bytes);
        int taken = vm.type(bytes);
        if (taken < bytes.length) {
            connection.awaitRoom();
        }
        return Answers.taken(request, taken);
    }

    private static Optional<String> refusalOf(Runnable work) {
        try {
            work.run();
            return Optional.empty();
        } catch (VmmException e) {
            return Optional.of(e.getMessage());
        } catch (RuntimeException | Error e) {
            return Optional.of("internal error: " + e);
        }
    }

    private void sendLateAnswers() {
        for (LateAnswer late = lateAnswers.poll(); late != null; late = lateAnswers.poll()) {
            LateAnswer answer = late;
            guarded(answer.connection(), () -> {
                answer.connection().answered();
                answer.connection()
                        .send(answer.refusal()
                                .map(reason -> Answers.refusal(answer.request().id(), reason))
                                .orElseGet(() -> answers.success(answer.request())));
            });
        }
    }

    private void sendReady() {
        if (ready && !readyTold) {
            readyTold = true;
            sendToAll(readyEvent());
        }
    }

    private static ByteBuffer readyEvent() {
        return Message.of(json -> json.writeStringProperty("event", "ready"));
    }

    private void sendDueEvents() {
        long now = System.nanoTime();
        if (events.isEmpty() || (now - nextEventsNanos < 0 && !closing)) {
            return;
        }
        nextEventsNanos = now + EVENT_INTERVAL_NANOS;
        events.take().forEach(this::sendToAll);
    }

    private void sendToAll(ByteBuffer event) {
        connections().forEach(connection -> guarded(connection, () -> connection.sendEvent(event)));
    }

    private void sendLastMessages() throws IOException {
        sendReady();
        events.take().forEach(this::sendToAll);
        connections().forEach(this::settle);
        end.ifPresent(event ->
                connections().forEach(connection -> guarded(connection, () -> connection.sendEnd(event))));
        connections().forEach(Connection::closeWhenTaken);
        connections().forEach(this::settle);
        long deadline = System.nanoTime() + LAST_MESSAGES_NANOS;
        long left = LAST_MESSAGES_NANOS;
        while (!connections().isEmpty() && left > 0) {
            selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
            for (Connection connection : connections()) {
                guarded(connection, connection::write);
                settle(connection);
            }
            selector.selectedKeys().clear();
            left = deadline - System.nanoTime();
        }
    }

    private List<Connection> connections() {
        List<Connection> connections = new ArrayList<>();
        for (SelectionKey key : selector.keys()) {
            if (key.isValid() && key.attachment() instanceof Connection connection) {
                connections.add(connection);
            }
        }
        return connections;
    }

    private interface Step {
        void run() throws IOException;
    }

    /** What goes wrong with one client ends its connection and nothing else. */
    private static void guarded(Connection connection, Step step) {
        try {
            step.run();
        } catch (IOException | RuntimeException e) {
            connection.close();
        }
    }
}
