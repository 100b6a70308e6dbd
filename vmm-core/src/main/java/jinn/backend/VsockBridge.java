package jinn.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import jinn.error.HostException;
import jinn.error.SyscallException;
import jinn.event.EventLoop;
import jinn.event.Registration;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;
import jinn.posix.StreamSocket;
import jinn.virtio.vsock.HostSide;
import jinn.virtio.vsock.HostStream;

/**
 * Unix sockets for the ports of a socket device, as Firecracker has them.
 *
 * <p>A program that wants to reach port P of the guest connects to {@code PATH}, writes {@code CONNECT P} and a newline,
 * and reads {@code OK H} and a newline, where H is the port that it has; an end without that means that nobody listens.
 * A guest that connects to port P of the host reaches the program that listens at {@code PATH_P}.
 */
public final class VsockBridge implements HostSide, AutoCloseable {

    private static final int BACKLOG = 64;

    /** Most programs that have connected and not said where to. */
    public static final int MAXIMUM_GREETINGS = 32;

    private final Path path;
    private final FileDescriptor listener;
    private final EventLoop loop;
    private final Consumer<String> warnings;

    /* Loop thread. */
    private final Set<VsockGreeting> greetings = new HashSet<>();
    private Optional<Registration> registration = Optional.empty();
    private Acceptor acceptor;
    private boolean warned;

    private VsockBridge(Path path, FileDescriptor listener, EventLoop loop, Consumer<String> warnings) {
        this.path = path;
        this.listener = listener;
        this.loop = loop;
        this.warnings = warnings;
    }

    /**
     * Makes the socket at which programs of the host ask for connections.
     *
     * @param path where; a socket there at which nobody listens any more is replaced
     * @param loop the one of the device's queues
     * @param warnings gets one line for the user when connections fail for a reason of the host's
     * @throws HostException if it cannot be made
     */
    public static VsockBridge listen(Path path, EventLoop loop, Consumer<String> warnings) {
        return new VsockBridge(path, ListeningSocket.make(path, BACKLOG), loop, warnings);
    }

    @Override
    public void start(Acceptor newAcceptor) {
        acceptor = newAcceptor;
        if (registration.isEmpty()) {
            registration = Optional.of(loop.register(listener, this::greet));
        }
    }

    @Override
    public void stop() {
        registration.ifPresent(Registration::close);
        registration = Optional.empty();
        greetings.forEach(VsockGreeting::close);
        greetings.clear();
    }

    private void greet() {
        int number = StreamSocket.accept(listener);
        if (number < 0) {
            warnOnce("cannot take a connection at " + path + ": " + Errno.describe(-number), -number);
            return;
        }
        FileDescriptor socket = FileDescriptor.owning(number, "a connection at " + path);
        if (greetings.size() == MAXIMUM_GREETINGS) {
            socket.close();
            return;
        }
        greetings.add(VsockGreeting.await(socket, loop, this::greeted));
    }

    /** Somebody has said what to connect to, or has said nothing that can be understood. */
    private void greeted(VsockGreeting greeting, Optional<Integer> guestPort) {
        greetings.remove(greeting);
        FileDescriptor socket = greeting.release();
        UnixStream stream = new UnixStream(socket, loop);
        if (guestPort.isEmpty() || !acceptor.accept(stream, guestPort.get())) {
            stream.close();
        }
    }

    @Override
    public Optional<HostStream> connect(int hostPort) {
        String target = path + "_" + Integer.toUnsignedString(hostPort);
        try {
            return Optional.of(new UnixStream(StreamSocket.connect(target), loop));
        } catch (SyscallException e) {
            warnOnce(e.getMessage(), e.errno());
            return Optional.empty();
        }
    }

    /** That nobody listens is the guest's affair; a lack of rights or of descriptors is the user's. */
    private void warnOnce(String message, int errno) {
        boolean usual = errno == Errno.ENOENT.number()
                || errno == Errno.ECONNREFUSED.number()
                || errno == Errno.EAGAIN.number()
                || errno == Errno.EINTR.number();
        if (!usual && !warned) {
            warned = true;
            warnings.accept(message + "; it is told once");
        }
    }

    /** Closes and removes the socket. The device must be inactive. */
    @Override
    public void close() {
        listener.close();
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new HostException("cannot remove the socket " + path + ": " + e.getMessage(), e);
        }
    }
}
