package jinn.virtio.vsock;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.Optional;
import jinn.error.GuestFaultException;
import jinn.memory.IoVector;
import jinn.virtio.DeviceContext;
import jinn.virtio.DeviceType;
import jinn.virtio.VirtioDevice;
import jinn.virtio.queue.DescriptorChain;
import jinn.virtio.queue.VirtQueue;

/** The socket device (virtio 1.2 section 5.10), for streams. */
public final class VsockDevice implements VirtioDevice {

    /** Most connections at a time; each may take {@link Connection#BUFFER_BYTES} of memory. */
    public static final int MAXIMUM_CONNECTIONS = 128;

    private static final int RECEIVE_QUEUE = 0;
    private static final int TRANSMIT_QUEUE = 1;

    /** With the event queue. */
    private static final int QUEUE_COUNT = 3;

    private static final int QUEUE_SIZE = 256;

    /** Most packets to the guest in one turn, so that other devices get theirs. */
    private static final int PACKETS_PER_TURN = 64;

    private static final int PIECES = 128;

    /** The host's address: VMADDR_CID_HOST. */
    private static final long HOST_CID = 2;

    /** Ports of the host's side for connections that programs ask for: far from those that programs listen at. */
    private static final int FIRST_HOST_PORT = 1 << 30;

    private final String name;
    private final int cid;
    private final HostSide host;
    private final VsockCounters counters = new VsockCounters();

    /* The queues' thread, like all below. */
    private final Packet packet = new Packet();
    private final IoVector pieces = new IoVector(PIECES, Arena.ofAuto());
    private final ConnectionTable connections = new ConnectionTable(MAXIMUM_CONNECTIONS);
    private final ResetQueue resets = new ResetQueue();

    /** Connections that have, or may have, something for the guest, each once. */
    private final ArrayDeque<Connection> senders = new ArrayDeque<>(MAXIMUM_CONNECTIONS);

    private DeviceContext context;
    private DescriptorChain receiveChain;
    private DescriptorChain transmitChain;

    /** Whether {@link #receiveChain} is a buffer of the driver's that is still unused. */
    private boolean holdsReceiveBuffer;

    private int nextHostPort = FIRST_HOST_PORT;

    /**
     * Makes a device.
     *
     * @param name for messages
     * @param cid the guest's address, from 3
     */
    public VsockDevice(String name, int cid, HostSide host) {
        this.name = name;
        this.cid = cid;
        this.host = host;
    }

    /** Returns what the device has done so far. Any thread. */
    public VsockStatistics statistics() {
        return counters.read();
    }

    @Override
    public DeviceType type() {
        return DeviceType.VSOCK;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int queueCount() {
        return QUEUE_COUNT;
    }

    @Override
    public int maximumQueueSize() {
        return QUEUE_SIZE;
    }

    /* Without VIRTIO_VSOCK_F_STREAM and _SEQPACKET there are streams and nothing else (section 5.10.3). */
    @Override
    public long features() {
        return 0;
    }

    @Override
    public long readConfig(int offset, int size) {
        if (offset >= Long.BYTES) {
            return 0;
        }
        long value = (long) cid >>> (Byte.SIZE * offset);
        return size == Long.BYTES ? value : value & ((1L << (Byte.SIZE * size)) - 1);
    }

    @Override
    public void writeConfig(int offset, int size, long value) {}

    @Override
    public void activate(DeviceContext newContext) {
        context = newContext;
        receiveChain = context.queue(RECEIVE_QUEUE).newChain();
        transmitChain = context.queue(TRANSMIT_QUEUE).newChain();
        holdsReceiveBuffer = false;
        host.start(this::accept);
    }

    @Override
    public void queueNotified(int index) {
        VirtQueue queue = context.queue(index);
        boolean more = switch (index) {
            case RECEIVE_QUEUE -> send(queue);
            case TRANSMIT_QUEUE -> receive(queue);
            /* An event tells of a migration (section 5.10.6.8); the driver's buffers wait for one for ever. */
            default -> false;
        };
        context.complete(queue);
        if (more) {
            context.notifyLater(index);
        }
    }

    @Override
    public void reset() {
        host.stop();
        connections.removeAll(connection -> connection.close(false));
        senders.clear();
        resets.clear();
        counters.connections.set(0);
        context = null;
        receiveChain = null;
        transmitChain = null;
    }

    /** Brings packets to the guest. Returns whether to come back without being notified. */
    private boolean send(VirtQueue queue) {
        boolean wasFull = resets.isFull();
        int left = PACKETS_PER_TURN;
        while (left > 0 && hasPacket() && holdReceiveBuffer(queue)) {
            packet.setCids(HOST_CID, cid);
            if (sendNext()) {
                queue.addUsed(receiveChain);
                holdsReceiveBuffer = false;
                left--;
            }
        }
        if (!hasPacket()) {
            queue.disableNotifications();
        }
        if (wasFull && !resets.isFull()) {
            context.notifyLater(TRANSMIT_QUEUE);
        }
        return left == 0;
    }

    private boolean hasPacket() {
        return !resets.isEmpty() || !senders.isEmpty();
    }

    private boolean holdReceiveBuffer(VirtQueue queue) {
        while (!holdsReceiveBuffer) {
            if (queue.pop(receiveChain)) {
                checkReceiveBuffer();
                holdsReceiveBuffer = true;
            } else if (!queue.enableNotifications()) {
                return false;
            }
        }
        return true;
    }

    private void checkReceiveBuffer() {
        if (receiveChain.readableBytes() != 0) {
            throw new GuestFaultException("receive buffer has " + receiveChain.readableBytes() + " readable bytes");
        }
        if (receiveChain.writableBytes() <= Packet.HEADER_BYTES) {
            throw new GuestFaultException("receive buffer of " + receiveChain.writableBytes()
                    + " bytes has no room behind the header of " + Packet.HEADER_BYTES);
        }
    }

    /** Makes one packet in the buffer at hand. Returns whether there was one. */
    private boolean sendNext() {
        if (!resets.isEmpty()) {
            resets.remove(packet);
            packet.write(receiveChain);
            return true;
        }
        Connection connection = senders.removeFirst();
        connection.setListed(false);
        boolean made = connection.send(receiveChain, packet, pieces);
        if (made) {
            VsockCounters.add(counters.bytesToGuest, receiveChain.bytesWritten() - Packet.HEADER_BYTES);
        }
        settle(connection);
        return made;
    }

    /** Lists the connection if it has a packet, forgets it if it has ended, and watches its stream otherwise. */
    private void settle(Connection connection) {
        if (!connection.isClosed() && connection.isFinished()) {
            connection.close(true);
        }
        if (connection.hasPacket()) {
            if (!connection.isListed()) {
                connection.setListed(true);
                senders.addLast(connection);
            }
        } else if (connection.isClosed()) {
            connections.remove(connection);
            counters.connections.set(connections.count());
        }
        connection.watch();
    }

    /** Takes packets of the guest. Returns whether to come back without being notified. */
    private boolean receive(VirtQueue queue) {
        int left = queue.size();
        do {
            queue.disableNotifications();
            while (left > 0 && !resets.isFull() && queue.pop(transmitChain)) {
                left--;
                receivePacket();
                queue.addUsed(transmitChain);
            }
        } while (left > 0 && !resets.isFull() && queue.enableNotifications());
        if (hasPacket()) {
            context.notifyLater(RECEIVE_QUEUE);
        }
        return left == 0;
    }

    private void receivePacket() {
        if (transmitChain.writableBytes() != 0) {
            throw new GuestFaultException("packet has " + transmitChain.writableBytes() + " writable bytes");
        }
        if (!packet.read(transmitChain)) {
            throw new GuestFaultException(
                    "packet of " + transmitChain.readableBytes() + " bytes has no header of " + Packet.HEADER_BYTES);
        }
        if (packet.length() > transmitChain.readableLeft()) {
            throw new GuestFaultException("packet claims " + packet.length() + " bytes behind its header and has "
                    + transmitChain.readableLeft());
        }
        if (packet.sourceCid() != cid || packet.targetCid() != HOST_CID) {
            /* Section 5.10.6.1: there is nobody to answer for another address. */
            VsockCounters.add(counters.dropped, 1);
            return;
        }
        Connection connection =
                packet.type() == Packet.TYPE_STREAM ? connections.find(packet.sourcePort(), packet.targetPort()) : null;
        if (connection != null) {
            receiveFor(connection);
            settle(connection);
        } else if (packet.type() == Packet.TYPE_STREAM && packet.operation() == Operation.REQUEST) {
            connect();
        } else {
            refuse();
        }
    }

    /* A reset is never answered, or two sides could go on for ever. */
    private void refuse() {
        VsockCounters.add(counters.dropped, 1);
        if (packet.operation() != Operation.RESET) {
            resets.add(packet);
        }
    }

    private void connect() {
        Optional<HostStream> stream = connections.isFull() ? Optional.empty() : host.connect(packet.targetPort());
        if (stream.isEmpty()) {
            VsockCounters.add(counters.refused, 1);
            resets.add(packet);
            return;
        }
        Connection connection = new Connection(packet.sourcePort(), packet.targetPort(), stream.get(), true);
        connection.updateCredit(packet);
        add(connection);
    }

    private void add(Connection connection) {
        connection.onWake(() -> wakeUp(connection));
        connections.add(connection);
        counters.connections.set(connections.count());
        VsockCounters.add(counters.opened, 1);
        settle(connection);
    }

    private void receiveFor(Connection connection) {
        if (connection.isClosed()) {
            VsockCounters.add(counters.dropped, 1);
            if (packet.operation() == Operation.RESET) {
                connection.close(false);
            }
            return;
        }
        connection.updateCredit(packet);
        boolean good = switch (packet.operation()) {
            case Operation.RESPONSE -> confirm(connection);
            case Operation.DATA -> receiveData(connection);
            case Operation.SHUTDOWN -> {
                connection.shutDown(packet.flags());
                yield true;
            }
            case Operation.CREDIT_UPDATE -> true;
            case Operation.CREDIT_REQUEST -> {
                connection.wantCreditUpdate();
                yield true;
            }
            default -> false;
        };
        if (!good) {
            connection.close(packet.operation() != Operation.RESET);
        }
    }

    private static boolean confirm(Connection connection) {
        if (connection.isOpen()) {
            return false;
        }
        connection.confirm();
        return true;
    }

    private boolean receiveData(Connection connection) {
        long length = packet.length();
        if (length > Connection.BUFFER_BYTES
                || !connection.isOpen()
                || !connection.receive(transmitChain, (int) length, pieces)) {
            return false;
        }
        VsockCounters.add(counters.bytesToHost, length);
        connection.considerCreditUpdate();
        return true;
    }

    /** The stream of a connection has input, room or an end. */
    private void wakeUp(Connection connection) {
        if (connection.isClosed()) {
            return;
        }
        connection.wakeUp();
        if (connection.flush(pieces)) {
            connection.considerCreditUpdate();
        } else {
            connection.close(true);
        }
        settle(connection);
        if (hasPacket()) {
            context.notifyLater(RECEIVE_QUEUE);
        }
    }

    private boolean accept(HostStream stream, int guestPort) {
        if (connections.isFull() || !context.queue(TRANSMIT_QUEUE).isReady()) {
            VsockCounters.add(counters.refused, 1);
            return false;
        }
        add(new Connection(guestPort, freeHostPort(guestPort), stream, false));
        context.notifyLater(RECEIVE_QUEUE);
        return true;
    }

    private int freeHostPort(int guestPort) {
        while (connections.find(guestPort, nextHostPort) != null) {
            nextPort();
        }
        int port = nextHostPort;
        nextPort();
        return port;
    }

    private void nextPort() {
        nextHostPort = nextHostPort == Integer.MAX_VALUE ? FIRST_HOST_PORT : nextHostPort + 1;
    }
}
