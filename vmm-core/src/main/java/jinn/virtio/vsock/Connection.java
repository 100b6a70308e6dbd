package jinn.virtio.vsock;

import jinn.memory.IoVector;
import jinn.virtio.queue.DescriptorChain;

/** One connection, as the host's end sees it. */
final class Connection {

    /** What the guest may send and the program has not read: our receive buffer, in bytes. */
    static final int BUFFER_BYTES = 128 << 10;

    /** The guest is told of room once this much has come free since it was told last. */
    private static final int UPDATE_BYTES = BUFFER_BYTES / 2;

    private final int guestPort;
    private final int hostPort;
    private final HostStream stream;
    private final StreamBuffer buffer = new StreamBuffer(BUFFER_BYTES);
    private Runnable listener = () -> {};

    /** Bits of {@link Operation}: packets without data that wait to be sent. */
    private int pending;

    /** Whether the device has it in its list of those that have something to send. */
    private boolean listed;

    /** Whether the guest has agreed to the connection, or asked for it. */
    private boolean open;

    /** Whether the stream may have something to read. */
    private boolean readable;

    private boolean inputEnded;
    private boolean closed;

    /** What each side has announced, as in a SHUTDOWN packet. */
    private int guestShutdown;

    private int hostShutdown;

    /* Counters of 32 bits that wrap, by section 5.10.6.3. */
    private int guestBufferBytes;
    private int guestForwarded;
    private int sent;
    private int received;
    private int forwarded;
    private int toldForwarded;

    Connection(int guestPort, int hostPort, HostStream stream, boolean open) {
        this.guestPort = guestPort;
        this.hostPort = hostPort;
        this.stream = stream;
        this.open = open;
        want(open ? Operation.RESPONSE : Operation.REQUEST);
    }

    int guestPort() {
        return guestPort;
    }

    int hostPort() {
        return hostPort;
    }

    boolean isOpen() {
        return open;
    }

    /** Returns whether the stream is closed and only a RESET may have to be sent. */
    boolean isClosed() {
        return closed;
    }

    boolean isListed() {
        return listed;
    }

    void setListed(boolean listed) {
        this.listed = listed;
    }

    private void want(int operation) {
        pending |= 1 << operation;
    }

    private boolean wants(int operation) {
        return (pending & 1 << operation) != 0;
    }

    /** Returns whether it has a packet for the guest. */
    boolean hasPacket() {
        return pending != 0 || mayRead();
    }

    private boolean mayRead() {
        return open && readable && !inputEnded && !closed && credit() > 0;
    }

    /** Returns how many bytes the guest has room for. A guest that announces nonsense gets nothing. */
    private int credit() {
        return Math.max(0, guestBufferBytes - (sent - guestForwarded));
    }

    /** The guest has taken the connection that the program asked for. */
    void confirm() {
        open = true;
        readable = true;
        stream.confirm(hostPort);
    }

    void updateCredit(Packet packet) {
        guestBufferBytes = packet.bufferBytes();
        guestForwarded = packet.forwarded();
    }

    void wantCreditUpdate() {
        want(Operation.CREDIT_UPDATE);
    }

    /**
     * Takes data of the guest, which lie behind the header, for the program.
     *
     * @param pieces is overwritten
     * @return whether the guest kept to its credit and the program still reads
     */
    boolean receive(DescriptorChain chain, int length, IoVector pieces) {
        if (received - forwarded + length > BUFFER_BYTES || (guestShutdown & Packet.SHUTDOWN_SEND) != 0) {
            return false;
        }
        received += length;
        int done = 0;
        while (done < length && buffer.length() == 0) {
            pieces.clear();
            chain.seekReadable(Packet.HEADER_BYTES + done);
            chain.readInto(pieces, length - done);
            long written = stream.write(pieces);
            if (written == HostStream.BLOCKED) {
                break;
            }
            if (written == HostStream.BROKEN) {
                return false;
            }
            done += (int) written;
        }
        forwarded += done;
        if (done < length) {
            chain.seekReadable(Packet.HEADER_BYTES + done);
            buffer.append(chain, length - done);
        }
        return true;
    }

    /** Writes what was kept. Returns whether the program still reads. */
    boolean flush(IoVector pieces) {
        while (buffer.length() > 0) {
            pieces.clear();
            buffer.addTo(pieces);
            long written = stream.write(pieces);
            if (written == HostStream.BLOCKED) {
                return true;
            }
            if (written == HostStream.BROKEN) {
                return false;
            }
            buffer.remove((int) written);
            forwarded += (int) written;
        }
        if ((guestShutdown & Packet.SHUTDOWN_SEND) != 0) {
            stream.endOutput();
        }
        return true;
    }

    /** Notes what the guest does no more. */
    void shutDown(int flags) {
        guestShutdown |= flags & Packet.SHUTDOWN_BOTH;
        if ((guestShutdown & Packet.SHUTDOWN_RECEIVE) != 0 && !inputEnded) {
            inputEnded = true;
            stream.endInput();
        }
        if ((guestShutdown & Packet.SHUTDOWN_SEND) != 0 && buffer.length() == 0) {
            stream.endOutput();
        }
    }

    /** Returns whether no byte can pass any more in either direction. */
    boolean isFinished() {
        boolean toGuest = (guestShutdown & Packet.SHUTDOWN_RECEIVE) != 0 || (hostShutdown & Packet.SHUTDOWN_SEND) != 0;
        boolean toHost = (guestShutdown & Packet.SHUTDOWN_SEND) != 0 && buffer.length() == 0;
        return toGuest && toHost && !wants(Operation.SHUTDOWN);
    }

    /** The stream has input, or room, or an end. */
    void wakeUp() {
        if (stream.isHungUp() && (inputEnded || !open)) {
            announce(Packet.SHUTDOWN_BOTH);
        }
        readable = true;
    }

    private void announce(int flags) {
        if ((hostShutdown & flags) != flags) {
            hostShutdown |= flags;
            want(Operation.SHUTDOWN);
        }
    }

    /** Closes the stream and leaves nothing to be sent but a RESET, if one is wanted. */
    void close(boolean withReset) {
        pending = 0;
        if (withReset) {
            want(Operation.RESET);
        }
        if (!closed) {
            closed = true;
            stream.close();
            buffer.close();
        }
    }

    /** Sets what to call when the stream has something. */
    void onWake(Runnable newListener) {
        listener = newListener;
    }

    /** Watches the stream for what can be used: input once all of the last is read, room for what is kept. */
    void watch() {
        if (!closed) {
            stream.watch(listener, open && !readable && !inputEnded, buffer.length() > 0);
        }
    }

    /**
     * Makes the next packet for the guest.
     *
     * @param chain an unused receive buffer
     * @param packet has the addresses already
     * @param places is overwritten
     * @return whether there was one; the chain is unused if not
     */
    boolean send(DescriptorChain chain, Packet packet, IoVector places) {
        for (int operation = Operation.REQUEST; operation <= Operation.RESET; operation++) {
            if (wants(operation)) {
                return sendControl(chain, packet, operation, 0);
            }
        }
        if (mayRead() && sendData(chain, packet, places)) {
            return true;
        }
        if (wants(Operation.SHUTDOWN)) {
            return sendControl(chain, packet, Operation.SHUTDOWN, hostShutdown);
        }
        if (wants(Operation.CREDIT_UPDATE)) {
            return sendControl(chain, packet, Operation.CREDIT_UPDATE, 0);
        }
        return false;
    }

    private boolean sendControl(DescriptorChain chain, Packet packet, int operation, int flags) {
        pending &= ~(1 << operation);
        finish(chain, packet, operation, flags, 0);
        return true;
    }

    private boolean sendData(DescriptorChain chain, Packet packet, IoVector places) {
        places.clear();
        long room = Math.min(chain.writableBytes() - Packet.HEADER_BYTES, credit());
        chain.writeFrom(places, Packet.HEADER_BYTES + room);
        places.advance(Packet.HEADER_BYTES);
        long read = stream.read(places);
        if (read > 0) {
            sent += (int) read;
            finish(chain, packet, Operation.DATA, 0, (int) read);
            return true;
        }
        if (read == HostStream.BLOCKED) {
            readable = false;
        } else {
            inputEnded = true;
            announce(read == HostStream.BROKEN || stream.isHungUp() ? Packet.SHUTDOWN_BOTH : Packet.SHUTDOWN_SEND);
        }
        return false;
    }

    /** Each packet tells the credit, so an update is wanted no more. */
    private void finish(DescriptorChain chain, Packet packet, int operation, int flags, int length) {
        packet.setPorts(hostPort, guestPort);
        packet.setContent(Packet.TYPE_STREAM, operation, flags, length);
        packet.setCredit(BUFFER_BYTES, forwarded);
        packet.write(chain);
        chain.written(length);
        toldForwarded = forwarded;
        pending &= ~(1 << Operation.CREDIT_UPDATE);
    }

    /** Wants an update once much room has come free of which the guest does not know. */
    void considerCreditUpdate() {
        if (forwarded - toldForwarded >= UPDATE_BYTES) {
            wantCreditUpdate();
        }
    }
}
