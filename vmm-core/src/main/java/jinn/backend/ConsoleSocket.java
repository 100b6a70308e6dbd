package jinn.backend;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import jinn.error.HostException;
import jinn.event.EventLoop;
import jinn.event.Registration;
import jinn.posix.Epoll;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;
import jinn.posix.StreamSocket;
import jinn.virtio.console.PortEnd;

/**
 * A Unix socket as the end of a console's port. One program at a time is connected; the next one waits until that has
 * gone. A program that has ended its output still gets the guest's.
 */
public final class ConsoleSocket implements PortEnd, AutoCloseable {

    private static final int BACKLOG = 8;
    private static final int BUFFER_BYTES = 4096;

    private final Path path;
    private final FileDescriptor listener;
    private final EventLoop loop;
    private final Consumer<String> warnings;
    private final MemorySegment output = Arena.ofAuto().allocate(BUFFER_BYTES);
    private final MemorySegment read = Arena.ofAuto().allocate(BUFFER_BYTES);

    /* Loop thread, like all below. */
    private final byte[] input = new byte[BUFFER_BYTES];
    private int inputStart;
    private int inputLength;
    private Optional<FileDescriptor> program = Optional.empty();
    private Optional<Registration> registration = Optional.empty();
    private boolean inputEnded;
    private boolean outputFull;
    private boolean warned;
    private Port port;

    private ConsoleSocket(Path path, FileDescriptor listener, EventLoop loop, Consumer<String> warnings) {
        this.path = path;
        this.listener = listener;
        this.loop = loop;
        this.warnings = warnings;
    }

    /**
     * Makes the socket. Programs are let in when the port is connected.
     *
     * @param path where; a socket there at which nobody listens any more is replaced
     * @param loop the one of the device's queues
     * @param warnings gets one line for the user when connections fail for a reason of the host's
     * @throws HostException if it cannot be made
     */
    public static ConsoleSocket listen(Path path, EventLoop loop, Consumer<String> warnings) {
        return new ConsoleSocket(path, ListeningSocket.make(path, BACKLOG), loop, warnings);
    }

    @Override
    public void connect(Port newPort) {
        port = newPort;
        loop.executeAndWait(this::awaitProgram);
    }

    private void awaitProgram() {
        registration = Optional.of(loop.register(listener, this::accept));
    }

    private void accept() {
        int number = StreamSocket.accept(listener);
        if (number < 0) {
            if (number != -Errno.EAGAIN.number() && number != -Errno.EINTR.number() && !warned) {
                warned = true;
                warnings.accept(
                        "cannot take a connection at " + path + ": " + Errno.describe(-number) + "; it is told once");
            }
            return;
        }
        unregister();
        FileDescriptor socket = FileDescriptor.owning(number, "a connection at " + path);
        program = Optional.of(socket);
        registration = Optional.of(loop.register(socket, this::ready));
        port.openChanged();
    }

    private void ready() {
        FileDescriptor socket = program.orElseThrow();
        if (outputFull) {
            outputFull = false;
            port.outputSpace();
        }
        if (inputEnded && socket.isHungUp()) {
            end();
        } else if (!inputEnded && inputLength == 0) {
            take(socket);
        }
        watch();
    }

    private void take(FileDescriptor socket) {
        long count = socket.read(read, BUFFER_BYTES);
        if (count > 0) {
            inputStart = 0;
            inputLength = (int) count;
            MemorySegment.copy(read, ValueLayout.JAVA_BYTE, 0, input, 0, inputLength);
            deliver();
        } else if (count != -Errno.EAGAIN.number() && count != -Errno.EINTR.number()) {
            inputEnded = true;
            if (count < 0 || socket.isHungUp()) {
                end();
            }
        }
    }

    private void deliver() {
        int taken = port.receive(input, inputStart, inputLength);
        inputStart += taken;
        inputLength -= taken;
    }

    /**
     * Asks for what can be used: input when there is room, output when some has been turned away, else a hang-up. One that
     * has hung up while nothing is wanted of it is left alone: epoll would tell of it without end.
     */
    private void watch() {
        if (program.isEmpty()) {
            return;
        }
        int wanted = (!inputEnded && inputLength == 0 ? Epoll.INPUT : 0) | (outputFull ? Epoll.OUTPUT : 0);
        if (wanted == 0 && program.get().isHungUp()) {
            unregister();
            return;
        }
        if (registration.isEmpty()) {
            registration = Optional.of(loop.register(program.get(), this::ready));
        }
        registration.get().setInterest(wanted);
    }

    private void end() {
        unregister();
        program.orElseThrow().close();
        program = Optional.empty();
        inputEnded = false;
        outputFull = false;
        port.openChanged();
        /* What the guest has written for the program that has gone is of no use to the next one. */
        port.outputSpace();
        awaitProgram();
    }

    private void unregister() {
        registration.ifPresent(Registration::close);
        registration = Optional.empty();
    }

    @Override
    public boolean isOpen() {
        return program.isPresent();
    }

    @Override
    public int write(byte[] bytes, int offset, int length) {
        if (program.isEmpty()) {
            return length;
        }
        int part = Math.min(length, BUFFER_BYTES);
        MemorySegment.copy(bytes, offset, output, ValueLayout.JAVA_BYTE, 0, part);
        long written = program.get().write(output, part);
        if (written >= 0) {
            outputFull = written < length;
        } else if (written == -Errno.EAGAIN.number() || written == -Errno.EINTR.number()) {
            outputFull = true;
            written = 0;
        } else {
            /* A program that has gone: its end comes as an event. */
            written = length;
        }
        watch();
        return (int) written;
    }

    @Override
    public void inputSpace() {
        if (inputLength > 0) {
            deliver();
            watch();
        }
    }

    /** Closes and removes the socket. The device must be inactive. */
    @Override
    public void close() {
        loop.executeAndWait(() -> {
            unregister();
            program.ifPresent(FileDescriptor::close);
            program = Optional.empty();
        });
        listener.close();
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new HostException("cannot remove the socket " + path + ": " + e.getMessage(), e);
        }
    }
}
