package jinn.backend;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import jinn.error.HostException;
import jinn.error.SyscallException;
import jinn.event.EventLoop;
import jinn.posix.ChildProcess;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;
import jinn.posix.StreamSocket;
import jinn.virtio.net.FramePort;
import jinn.virtio.net.NetBackend;

/**
 * User-mode networking by <a href="https://passt.top">passt</a>, which needs no rights: it turns the guest's connections
 * into sockets of its own.
 *
 * <p>A passt of Jinn's own ends when its socket is closed, so also when Jinn is killed. When passt ends first, the link
 * goes down and stays so.
 */
public final class PasstBackend implements NetBackend, AutoCloseable {

    private static final String PROGRAM = "passt";

    private final FileDescriptor socket;
    private final PasstPort port;
    private final Runnable program;
    private final ErrorOutput errors;
    private final Consumer<String> warnings;
    private volatile boolean linkUp = true;

    /** Loop thread. */
    private Listener listener;

    private PasstBackend(
            FileDescriptor socket, ErrorOutput errors, Runnable program, EventLoop loop, Consumer<String> warnings) {
        this.socket = socket;
        this.errors = errors;
        this.program = program;
        this.warnings = warnings;
        this.port = new PasstPort(this, socket, loop);
    }

    /**
     * What a passt of our own is told.
     *
     * @param mtu the longest packet that it announces to the guest, in bytes
     * @param tcp which TCP ports of the host lead to which of the guest, as passt's {@code --tcp-ports} takes it
     * @param udp the same for UDP
     */
    public record Options(OptionalInt mtu, List<String> tcp, List<String> udp) {

        List<String> command(int socket) {
            List<String> command =
                    new ArrayList<>(List.of(PROGRAM, "--foreground", "--quiet", "--fd", Integer.toString(socket)));
            mtu.ifPresent(bytes -> command.addAll(List.of("--mtu", Integer.toString(bytes))));
            tcp.forEach(ports -> command.addAll(List.of("--tcp-ports", ports)));
            udp.forEach(ports -> command.addAll(List.of("--udp-ports", ports)));
            return command;
        }
    }

    /**
     * Starts passt, searched in PATH.
     *
     * @param loop the one of the device's queues
     * @param warnings gets one line for the user when passt ends
     * @throws HostException if there is no passt, with the command that installs it
     */
    public static PasstBackend start(Options options, EventLoop loop, Consumer<String> warnings) {
        StreamSocket.Pair frames = StreamSocket.pair("the connection to passt");
        StreamSocket.Pair errors = StreamSocket.pair("the error output of passt");
        try {
            ChildProcess process =
                    ChildProcess.start(options.command(frames.other().number()), errors.other(), frames.other());
            return new PasstBackend(frames.own(), ErrorOutput.of(errors.own(), loop), process::close, loop, warnings);
        } catch (SyscallException e) {
            frames.own().close();
            errors.own().close();
            String remedy = e.errno() == Errno.ENOENT.number() ? "; install it with 'apt install passt'" : "";
            throw new HostException(e.getMessage() + remedy, e);
        } finally {
            frames.other().close();
            errors.other().close();
        }
    }

    /**
     * Connects to a passt that somebody else has started.
     *
     * @param path its socket, as given to passt's {@code --socket}
     * @throws HostException if nobody listens there
     */
    public static PasstBackend connect(Path path, EventLoop loop, Consumer<String> warnings) {
        try {
            return new PasstBackend(
                    StreamSocket.connect(path.toString()), ErrorOutput.none(), () -> {}, loop, warnings);
        } catch (SyscallException e) {
            throw new HostException(e.getMessage() + "; start passt with 'passt --socket " + path + "'", e);
        }
    }

    @Override
    public long offloads() {
        return 0;
    }

    @Override
    public int pairs() {
        return 1;
    }

    @Override
    public boolean isLinkUp() {
        return linkUp;
    }

    @Override
    public void start(long features, Listener newListener) {
        listener = newListener;
        if (linkUp) {
            port.start();
        }
    }

    @Override
    public void stop() {
        port.stop();
    }

    @Override
    public void usePairs(int count) {}

    @Override
    public FramePort port(int pair) {
        return port;
    }

    Listener listener() {
        return listener;
    }

    /** The connection has ended or cannot be understood any more. */
    void lose(String reason) {
        if (linkUp) {
            linkUp = false;
            warnings.accept("passt has ended (" + errors.lastLine().orElse(reason) + "); the guest's link is down");
            port.stop();
            listener.linkChanged();
        }
    }

    boolean isLost() {
        return !linkUp;
    }

    /** Ends the passt that {@link #start} started. The device must be inactive. */
    @Override
    public void close() {
        socket.close();
        errors.close();
        program.run();
    }
}
