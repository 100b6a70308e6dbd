package jinn.vhostuser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jinn.posix.FileDescriptor;
import jinn.posix.StreamSocket;

/**
 * A back-end that answers by the protocol and notes what it was told. It gets no descriptors: Java's channels drop them.
 */
final class FakeBackend implements AutoCloseable {

    private static final int NEED_REPLY = 1 << 3;
    private static final int REPLY_FLAGS = 1 | 1 << 2;

    /** What it was told, for example {@code SET_VRING_NUM 0 256}: numbers of 32 bits, of 64 for features. */
    final List<String> told = new CopyOnWriteArrayList<>();

    volatile long features = 1L << 30 | 1L << 32 | 1L << 28 | 1 << 5;
    volatile long protocolFeatures = 1 | 1 << 3 | 1 << 9;
    volatile int queues = 2;
    volatile long acknowledgement;

    /** Size of the configuration space; for more it answers with nothing, as QEMU's back-ends do. */
    volatile int configBytes = 72;

    /** Instead of an answer to this request the connection ends. */
    volatile Request deadly;

    /** This request is not answered at all. */
    volatile Request ignored;

    /** Added to the size that each answer claims. */
    volatile int tooLong;

    private final Path path;
    private final ServerSocketChannel listener;
    private volatile SocketChannel client;

    FakeBackend(Path path) throws IOException {
        this.path = path;
        this.listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(path));
        Thread.ofPlatform().daemon().name("fake-backend").start(this::serveClients);
    }

    FileDescriptor connect() {
        return StreamSocket.connect(path.toString());
    }

    /** Ends the connection; the next one is served again. */
    void hangUp() throws IOException {
        client.close();
    }

    /** Sends what nobody asked for. */
    void babble() throws IOException {
        client.write(ByteBuffer.wrap(new byte[12]));
    }

    private void serveClients() {
        try {
            while (true) {
                SocketChannel next = listener.accept();
                client = next;
                serve(next);
            }
        } catch (IOException e) {
            // Closed by the test.
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            boolean open = true;
            while (open) {
                ByteBuffer header = read(channel, 12);
                int number = header.getInt();
                int flags = header.getInt();
                ByteBuffer payload = read(channel, header.getInt());
                open = answer(channel, request(number), flags, payload);
            }
        } catch (IOException | UncheckedIOException e) {
            told.add("END");
        }
    }

    private boolean answer(SocketChannel channel, Request request, int flags, ByteBuffer payload) throws IOException {
        note(request, payload.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        if (request == deadly) {
            return false;
        }
        if (request == ignored) {
            return true;
        }
        switch (request) {
            case GET_FEATURES -> reply(channel, request, features);
            case GET_PROTOCOL_FEATURES -> reply(channel, request, protocolFeatures);
            case GET_QUEUE_NUM -> reply(channel, request, queues);
            case GET_VRING_BASE -> reply(channel, request, payload.getInt(0));
            case GET_CONFIG -> {
                if (payload.capacity() - 12 > configBytes) {
                    send(channel, request, buffer(0));
                    return true;
                }
                for (int i = 12; i < payload.capacity(); i++) {
                    payload.put(i, (byte) (i - 11));
                }
                send(channel, request, payload.rewind());
            }
            default -> {
                if ((flags & NEED_REPLY) != 0) {
                    reply(channel, request, acknowledgement);
                }
            }
        }
        return true;
    }

    private void note(Request request, ByteBuffer payload) {
        StringBuilder text = new StringBuilder(request.name());
        boolean wide = payload.remaining() == Long.BYTES && request.name().endsWith("FEATURES");
        while (payload.remaining() >= Integer.BYTES && request != Request.GET_CONFIG) {
            text.append(' ').append(Long.toHexString(wide ? payload.getLong() : payload.getInt()));
        }
        told.add(text.toString());
    }

    private void reply(SocketChannel channel, Request request, long number) throws IOException {
        send(channel, request, buffer(Long.BYTES).putLong(number).flip());
    }

    private void send(SocketChannel channel, Request request, ByteBuffer payload) throws IOException {
        ByteBuffer message = buffer(12 + payload.remaining());
        message.putInt(request.number()).putInt(REPLY_FLAGS).putInt(payload.remaining() + tooLong);
        channel.write(message.put(payload).flip());
    }

    private static ByteBuffer read(SocketChannel channel, int bytes) throws IOException {
        ByteBuffer buffer = buffer(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new IOException("the front-end has ended");
            }
        }
        return buffer.flip();
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Request request(int number) {
        for (Request request : Request.values()) {
            if (request.number() == number) {
                return request;
            }
        }
        throw new UncheckedIOException(new IOException("no request " + number));
    }

    @Override
    public void close() throws IOException {
        listener.close();
        if (client != null) {
            client.close();
        }
    }
}
