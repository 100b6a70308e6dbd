package jinn.vhostuser;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import jinn.error.HostException;
import jinn.posix.DescriptorMessage;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;

/**
 * The connection to a back-end: one request at a time, each answered before the next.
 *
 * <p>A message is three words, request, flags and payload size in bytes, and the payload; all in the host's byte order,
 * which is little-endian here. What the back-end sends is checked for request, version and size. Every failure is a
 * {@link HostException}. Owned by one thread at a time.
 */
final class BackendChannel implements AutoCloseable {

    private static final int HEADER_BYTES = 12;
    private static final int VERSION = 1;
    private static final int VERSION_MASK = 3;
    private static final int FLAG_REPLY = 1 << 2;
    private static final int FLAG_NEED_REPLY = 1 << 3;

    /** More than any reply that Jinn asks for: the configuration space and its header. */
    private static final int MAXIMUM_PAYLOAD_BYTES = 4096;

    /** A back-end that works answers at once; one that hangs must not hold the event loop for good. */
    private static final int PATIENCE_MS = 5000;

    private final FileDescriptor socket;
    private final MemorySegment buffer = Arena.ofAuto().allocate(MAXIMUM_PAYLOAD_BYTES + HEADER_BYTES);
    private boolean acknowledging;

    /** Takes over a connected, non-blocking socket. */
    BackendChannel(FileDescriptor socket) {
        this.socket = socket;
    }

    FileDescriptor socket() {
        return socket;
    }

    /** From now on the back-end acknowledges requests that have no reply of their own (protocol feature REPLY_ACK). */
    void acknowledge() {
        acknowledging = true;
    }

    /** Sends a request without a reply of its own, and waits for the acknowledgement if there are any. */
    void tell(Request request, ByteBuffer payload, List<FileDescriptor> descriptors) {
        send(request, acknowledging ? FLAG_NEED_REPLY : 0, payload, descriptors);
        if (acknowledging) {
            long result = receive(request, Long.BYTES).getLong();
            if (result != 0) {
                throw new HostException(
                        String.format(Locale.ROOT, "refused by the back-end: %s (%d)", request, result));
            }
        }
    }

    /** Sends a request that carries one number. */
    void tell(Request request, long number) {
        tell(request, payload(Long.BYTES).putLong(number).flip(), List.of());
    }

    /** Asks for one number. */
    long ask(Request request) {
        return ask(request, payload(0), Long.BYTES).getLong();
    }

    /**
     * Sends a request and returns its reply's payload.
     *
     * @param bytes what the payload has to have
     */
    ByteBuffer ask(Request request, ByteBuffer payload, int bytes) {
        send(request, 0, payload, List.of());
        return receive(request, bytes);
    }

    /** Returns an empty payload in the protocol's byte order. */
    static ByteBuffer payload(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Returns whether the other end is closed. Takes what it has sent. */
    boolean hasEnded() {
        long read = socket.read(buffer, buffer.byteSize());
        return read == 0 || read == -Errno.ECONNRESET.number();
    }

    private void send(Request request, int flags, ByteBuffer payload, List<FileDescriptor> descriptors) {
        ByteBuffer message = payload(HEADER_BYTES + payload.remaining());
        message.putInt(request.number()).putInt(VERSION | flags).putInt(payload.remaining());
        message.put(payload).flip();
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        DescriptorMessage.send(socket, bytes, descriptors);
    }

    private ByteBuffer receive(Request request, int bytes) {
        ByteBuffer header = read(request, HEADER_BYTES);
        int number = header.getInt();
        int flags = header.getInt();
        int size = header.getInt();
        if (number != request.number() || (flags & VERSION_MASK) != VERSION || (flags & FLAG_REPLY) == 0) {
            throw new HostException(String.format(
                    Locale.ROOT, "the back-end's answer to %s is for request %d, flags 0x%x", request, number, flags));
        }
        if (size != bytes) {
            throw new HostException(String.format(
                    Locale.ROOT, "the back-end's answer to %s has %d bytes instead of %d", request, size, bytes));
        }
        return read(request, bytes);
    }

    private ByteBuffer read(Request request, int bytes) {
        long deadline = System.nanoTime() + PATIENCE_MS * 1_000_000L;
        int have = 0;
        while (have < bytes) {
            long read = socket.read(buffer.asSlice(have), bytes - have);
            if (read == 0) {
                throw new HostException("the back-end has closed the connection instead of answering " + request);
            }
            if (read > 0) {
                have += (int) read;
            } else if (read == -Errno.EAGAIN.number()) {
                awaitInput(request, deadline);
            } else if (read != -Errno.EINTR.number()) {
                throw Errno.exception("cannot read the back-end's answer to " + request, (int) -read);
            }
        }
        byte[] copy = new byte[bytes];
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, copy, 0, bytes);
        return ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void awaitInput(Request request, long deadline) {
        long leftMs = (deadline - System.nanoTime()) / 1_000_000;
        socket.awaitReadable((int) Math.max(0, leftMs));
        if (leftMs <= 0) {
            throw new HostException("the back-end does not answer " + request + " within " + PATIENCE_MS + " ms");
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
