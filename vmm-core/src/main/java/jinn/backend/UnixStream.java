package jinn.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import jinn.event.EventLoop;
import jinn.event.Registration;
import jinn.memory.IoVector;
import jinn.posix.Epoll;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;
import jinn.posix.StreamSocket;
import jinn.virtio.vsock.HostStream;

/** A connected Unix socket as the end of a connection. Loop thread. */
final class UnixStream implements HostStream {

    private final FileDescriptor socket;
    private final EventLoop loop;
    private Runnable listener = () -> {};
    private Registration registration;
    private int interest;

    /** Whether the socket was found to have hung up while nothing was wanted of it: epoll would say so without end. */
    private boolean hungUp;

    UnixStream(FileDescriptor socket, EventLoop loop) {
        this.socket = socket;
        this.loop = loop;
    }

    @Override
    public long read(IoVector places) {
        return result(socket.readVector(places.elements(), places.count()));
    }

    @Override
    public long write(IoVector pieces) {
        return result(socket.writeVector(pieces.elements(), pieces.count()));
    }

    private static long result(long moved) {
        if (moved >= 0) {
            return moved;
        }
        boolean later = moved == -Errno.EAGAIN.number() || moved == -Errno.EINTR.number();
        return later ? BLOCKED : BROKEN;
    }

    @Override
    public void endOutput() {
        StreamSocket.endOutput(socket);
    }

    @Override
    public void endInput() {
        StreamSocket.endInput(socket);
    }

    @Override
    public boolean isHungUp() {
        return socket.isHungUp();
    }

    @Override
    public void watch(Runnable newListener, boolean input, boolean output) {
        listener = newListener;
        interest = (input ? Epoll.INPUT : 0) | (output ? Epoll.OUTPUT : 0);
        if (registration == null && (interest != 0 || !hungUp)) {
            registration = loop.register(socket, this::ready);
        }
        if (registration != null) {
            registration.setInterest(interest);
        }
    }

    private void ready() {
        if (interest == 0) {
            hungUp = true;
            unregister();
        }
        listener.run();
    }

    private void unregister() {
        if (registration != null) {
            registration.close();
            registration = null;
        }
    }

    /* The text is shorter than any socket's buffer, and nothing else has been written yet. */
    @Override
    public void confirm(int hostPort) {
        byte[] answer = ("OK " + Integer.toUnsignedString(hostPort) + "\n").getBytes(StandardCharsets.US_ASCII);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, answer);
            socket.write(bytes, bytes.byteSize());
        }
    }

    @Override
    public void close() {
        unregister();
        socket.close();
    }
}
