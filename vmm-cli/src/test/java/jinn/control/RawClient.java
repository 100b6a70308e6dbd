package jinn.control;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A client that sends any bytes, to see what the server makes of them. */
final class RawClient implements AutoCloseable {

    private final SocketChannel channel;
    private final BufferedReader lines;

    RawClient(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    }

    /** Connects and reads the greeting. */
    static RawClient greeted(Path socket) throws IOException {
        RawClient client = new RawClient(socket);
        client.line();
        return client;
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    void send(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** Sends without blocking; returns how many bytes the socket took. */
    int sendSome(byte[] bytes) throws IOException {
        channel.configureBlocking(false);
        try {
            return channel.write(ByteBuffer.wrap(bytes));
        } finally {
            channel.configureBlocking(true);
        }
    }

    /** Returns the next line, or null at the end. */
    String line() throws IOException {
        return lines.readLine();
    }

    void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
