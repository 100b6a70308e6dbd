package jinn.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jinn.event.EventLoop;
import jinn.event.Registration;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;

/** A program that has connected, until it has written {@code CONNECT PORT} and a newline. Loop thread. */
final class VsockGreeting implements AutoCloseable {

    private static final Pattern REQUEST = Pattern.compile("CONNECT (\\d{1,10})\r?");

    /** The longest request with its newline. */
    private static final int MAXIMUM_BYTES = "CONNECT 4294967295\r\n".length();

    private final FileDescriptor socket;
    private final BiConsumer<VsockGreeting, Optional<Integer>> listener;
    private final StringBuilder text = new StringBuilder();
    private final MemorySegment next = Arena.ofAuto().allocate(1);
    private Registration registration;

    private VsockGreeting(FileDescriptor socket, BiConsumer<VsockGreeting, Optional<Integer>> listener) {
        this.socket = socket;
        this.listener = listener;
    }

    /**
     * Waits for the request.
     *
     * @param listener gets the guest's port, unsigned, or nothing when the request is wrong; called once
     */
    static VsockGreeting await(
            FileDescriptor socket, EventLoop loop, BiConsumer<VsockGreeting, Optional<Integer>> listener) {
        VsockGreeting greeting = new VsockGreeting(socket, listener);
        greeting.registration = loop.register(socket, greeting::read);
        return greeting;
    }

    /** Byte by byte, since what follows the newline belongs to the guest. */
    private void read() {
        while (true) {
            long read = socket.read(next, 1);
            if (read == -Errno.EAGAIN.number() || read == -Errno.EINTR.number()) {
                return;
            }
            char character = (char) next.get(ValueLayout.JAVA_BYTE, 0);
            if (read == 1 && character == '\n') {
                listener.accept(this, port());
                return;
            }
            if (read <= 0 || text.length() == MAXIMUM_BYTES) {
                listener.accept(this, Optional.empty());
                return;
            }
            text.append(character);
        }
    }

    private Optional<Integer> port() {
        Matcher matcher = REQUEST.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long port = Long.parseLong(matcher.group(1));
        return port <= 0xffff_ffffL ? Optional.of((int) port) : Optional.empty();
    }

    /** Ends the wait and hands the socket out. */
    FileDescriptor release() {
        registration.close();
        return socket;
    }

    @Override
    public void close() {
        release().close();
    }
}
