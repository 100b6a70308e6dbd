package jinn.virtio.vsock;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jinn.testing.DeviceBench;
import jinn.testing.DeviceBench.KickPath;
import jinn.testing.FakeDriver.Buffer;
import jinn.virtio.vsock.FakeHostSide.FakeStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VsockDeviceTest {

    private static final int CID = 7;
    private static final int HEADER = 44;
    private static final int GUEST_PORT = 1000;
    private static final int HOST_PORT = 52;
    private static final int GUEST_BUFFER = 4096;
    private static final int RECEIVE_BUFFER = 1000;
    private static final long RECEIVE = DeviceBench.DATA;
    private static final long TRANSMIT = DeviceBench.DATA + 0x8000;

    private final FakeHostSide host = new FakeHostSide();
    private final FakeStream stream = new FakeStream();
    private final VsockDevice device = new VsockDevice("vsock0", CID, host);
    private final DeviceBench bench = new DeviceBench(device, 0);
    private int receiveSlot;
    private final List<Long> receiveAddresses = new ArrayList<>();

    /** A packet as it lies in memory. */
    private record Seen(
            long source,
            long target,
            int sourcePort,
            int targetPort,
            int type,
            int operation,
            int flags,
            int bufferBytes,
            int forwarded,
            ByteBuffer data) {}

    private static byte[] packet(
            long source, long target, int sourcePort, int type, int operation, int flags, byte[] data) {
        return packet(source, target, sourcePort, type, operation, flags, data, data.length);
    }

    private static byte[] packet(
            long source, long target, int sourcePort, int type, int operation, int flags, byte[] data, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(source).putLong(target).putInt(sourcePort).putInt(HOST_PORT);
        bytes.putInt(length).putShort((short) type).putShort((short) operation).putInt(flags);
        bytes.putInt(GUEST_BUFFER).putInt(0).put(data);
        return bytes.array();
    }

    private void transmit(byte[] packet, KickPath path) {
        bench.fill(TRANSMIT, packet);
        if (packet.length > HEADER) {
            bench.queues[1].add(
                    Buffer.readable(TRANSMIT, HEADER), Buffer.readable(TRANSMIT + HEADER, packet.length - HEADER));
        } else {
            bench.queues[1].add(Buffer.readable(TRANSMIT, packet.length));
        }
        bench.kick(1, path);
        while (bench.queues[1].takeUsed().isPresent()) {
            assertFalse(bench.needsReset());
        }
    }

    private void send(int operation, int flags, byte... data) {
        transmit(packet(CID, 2, GUEST_PORT, 1, operation, flags, data), KickPath.KERNEL);
    }

    private void addReceiveBuffers(int count) {
        for (int i = 0; i < count; i++) {
            long address = RECEIVE + (receiveSlot++ % 16) * 0x800L;
            receiveAddresses.add(address);
            bench.queues[0].add(Buffer.writable(address, HEADER), Buffer.writable(address + HEADER, RECEIVE_BUFFER));
        }
        bench.kick(0, KickPath.KERNEL);
    }

    private List<Seen> receive() {
        List<Seen> seen = new ArrayList<>();
        bench.queues[0].takeUsed().ifPresent(used -> {
            long address = receiveAddresses.removeFirst();
            ByteBuffer bytes =
                    ByteBuffer.wrap(bench.bytes(address, (int) used.length())).order(ByteOrder.LITTLE_ENDIAN);
            long source = bytes.getLong();
            long target = bytes.getLong();
            int sourcePort = bytes.getInt();
            int targetPort = bytes.getInt();
            int length = bytes.getInt();
            int type = bytes.getShort();
            int operation = bytes.getShort();
            int flags = bytes.getInt();
            int bufferBytes = bytes.getInt();
            int forwarded = bytes.getInt();
            byte[] data = new byte[bytes.remaining()];
            bytes.get(data);
            assertEquals(length, data.length);
            seen.add(new Seen(
                    source,
                    target,
                    sourcePort,
                    targetPort,
                    type,
                    operation,
                    flags,
                    bufferBytes,
                    forwarded,
                    ByteBuffer.wrap(data)));
            seen.addAll(receive());
        });
        return seen;
    }

    private List<Integer> operations() {
        return receive().stream().map(Seen::operation).toList();
    }

    private void wake(FakeStream woken) {
        bench.executor.execute(woken.listener);
        bench.executor.runTasks();
    }

    /** The guest connects to the program behind {@link #stream}. */
    private void open() {
        host.listening.put(HOST_PORT, stream);
        addReceiveBuffers(5);
        send(Operation.REQUEST, 0);
        assertEquals(List.of(Operation.RESPONSE), operations());
    }

    @Test
    void configurationSpaceHasTheGuestsAddress() {
        assertEquals(19, bench.driver.read(0x008));
        assertEquals(CID, bench.transport.read(0x100, 8));
        assertEquals(CID, bench.transport.read(0x100, 4));
        assertEquals(0, bench.transport.read(0x104, 4));
        assertEquals(0, bench.transport.read(0x108, 8));
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void requestOfTheGuestReachesTheProgramThatListens(KickPath path) {
        host.listening.put(HOST_PORT, stream);
        addReceiveBuffers(1);
        transmit(packet(CID, 2, GUEST_PORT, 1, Operation.REQUEST, 0, new byte[0]), path);

        Seen seen = receive().getFirst();
        assertEquals(List.of(HOST_PORT), host.asked);
        assertEquals(2, seen.source());
        assertEquals(CID, seen.target());
        assertEquals(HOST_PORT, seen.sourcePort());
        assertEquals(GUEST_PORT, seen.targetPort());
        assertEquals(1, seen.type());
        assertEquals(Operation.RESPONSE, seen.operation());
        assertEquals(Connection.BUFFER_BYTES, seen.bufferBytes());
        assertTrue(stream.wantsInput);
        assertEquals(1, device.statistics().connections());
    }

    @Test
    void requestToAPortWhereNobodyListensIsReset() {
        addReceiveBuffers(1);
        send(Operation.REQUEST, 0);
        assertEquals(List.of(Operation.RESET), operations());
        assertEquals(0, device.statistics().connections());
        assertEquals(1, device.statistics().refused());
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void dataOfTheGuestReachTheProgram(KickPath path) {
        open();
        transmit(packet(CID, 2, GUEST_PORT, 1, Operation.DATA, 0, new byte[] {1, 2, 3}), path);
        assertArrayEquals(new byte[] {1, 2, 3}, stream.outgoing.toByteArray());
        assertEquals(3, device.statistics().bytesToHost());
    }

    @Test
    void dataOfTheProgramReachTheGuestUpToItsCredit() {
        open();
        stream.incoming = new byte[GUEST_BUFFER + 500];
        Arrays.fill(stream.incoming, (byte) 9);
        addReceiveBuffers(3);
        wake(stream);
        List<Seen> seen = receive();
        assertEquals(
                GUEST_BUFFER,
                seen.stream().mapToInt(packet -> packet.data().remaining()).sum());
        assertEquals(500, stream.incoming.length);
        assertFalse(stream.wantsInput);

        byte[] update = packet(CID, 2, GUEST_PORT, 1, Operation.CREDIT_UPDATE, 0, new byte[0]);
        ByteBuffer.wrap(update).order(ByteOrder.LITTLE_ENDIAN).putInt(40, GUEST_BUFFER);
        addReceiveBuffers(2);
        transmit(update, KickPath.KERNEL);
        assertEquals(500, receive().getFirst().data().remaining());
        assertTrue(stream.wantsInput);
    }

    @Test
    void slowProgramHoldsUpItsOwnConnectionOnly() {
        open();
        stream.room = 2;
        send(Operation.DATA, 0, (byte) 1, (byte) 2, (byte) 3, (byte) 4);
        assertEquals(2, stream.outgoing.size());
        assertTrue(stream.wantsOutput);
        send(Operation.DATA, 0, (byte) 5);
        stream.room = 100;
        wake(stream);
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, stream.outgoing.toByteArray());
        assertFalse(stream.wantsOutput);
    }

    @Test
    void guestThatSendsMoreThanItsCreditIsReset() {
        open();
        stream.room = 0;
        byte[] data = new byte[16384];
        for (int i = 0; i < Connection.BUFFER_BYTES / data.length; i++) {
            send(Operation.DATA, 0, data);
        }
        assertEquals(List.of(), operations());
        send(Operation.DATA, 0, (byte) 1);
        assertEquals(List.of(Operation.RESET), operations());
        assertTrue(stream.closed);
        assertEquals(0, device.statistics().connections());
    }

    @Test
    void guestIsToldOfRoomOnceHalfTheBufferHasBeenRead() {
        open();
        byte[] data = new byte[16384];
        for (int i = 0; i < 3; i++) {
            send(Operation.DATA, 0, data);
        }
        assertEquals(List.of(), operations());
        send(Operation.DATA, 0, data);
        Seen update = receive().getFirst();
        assertEquals(Operation.CREDIT_UPDATE, update.operation());
        assertEquals(4 * 16384, update.forwarded());
    }

    @Test
    void creditRequestIsAnswered() {
        open();
        send(Operation.CREDIT_REQUEST, 0);
        assertEquals(List.of(Operation.CREDIT_UPDATE), operations());
    }

    @Test
    void directionsEndOneByOne() {
        open();
        stream.ended = true;
        wake(stream);
        Seen end = receive().getFirst();
        assertEquals(Operation.SHUTDOWN, end.operation());
        assertEquals(Packet.SHUTDOWN_SEND, end.flags());
        assertFalse(stream.closed);

        send(Operation.DATA, 0, (byte) 1);
        assertEquals(1, stream.outgoing.size());
        send(Operation.SHUTDOWN, Packet.SHUTDOWN_SEND);
        assertTrue(stream.outputEnded);
        assertEquals(List.of(Operation.RESET), operations());
        assertTrue(stream.closed);
        assertEquals(0, device.statistics().connections());
    }

    @Test
    void outputEndsOnlyAfterWhatWasKept() {
        open();
        stream.room = 0;
        send(Operation.DATA, 0, (byte) 1, (byte) 2);
        send(Operation.SHUTDOWN, Packet.SHUTDOWN_BOTH);
        assertTrue(stream.inputEnded);
        assertFalse(stream.outputEnded);
        assertEquals(List.of(), operations());
        stream.room = 10;
        wake(stream);
        assertArrayEquals(new byte[] {1, 2}, stream.outgoing.toByteArray());
        assertTrue(stream.outputEnded);
        assertEquals(List.of(Operation.RESET), operations());
    }

    @Test
    void programThatGoesAwayEndsBothDirections() {
        open();
        stream.ended = true;
        stream.hungUp = true;
        wake(stream);
        assertEquals(Packet.SHUTDOWN_BOTH, receive().getFirst().flags());
        send(Operation.RESET, 0);
        assertEquals(List.of(), operations());
        assertTrue(stream.closed);
        assertEquals(0, device.statistics().connections());
    }

    @Test
    void dataForAProgramThatHasGoneResetTheConnection() {
        open();
        stream.hungUp = true;
        send(Operation.DATA, 0, (byte) 1);
        assertEquals(List.of(Operation.RESET), operations());
    }

    @Test
    void programConnectsToTheGuest() {
        addReceiveBuffers(1);
        bench.executor.executeAndWait(() -> assertTrue(host.acceptor.accept(stream, GUEST_PORT)));
        bench.executor.runTasks();
        Seen request = receive().getFirst();
        assertEquals(Operation.REQUEST, request.operation());
        assertEquals(GUEST_PORT, request.targetPort());
        assertEquals(0, stream.confirmed);

        byte[] response = packet(CID, 2, GUEST_PORT, 1, Operation.RESPONSE, 0, new byte[0]);
        ByteBuffer.wrap(response).order(ByteOrder.LITTLE_ENDIAN).putInt(20, request.sourcePort());
        transmit(response, KickPath.USERSPACE);
        assertEquals(request.sourcePort(), stream.confirmed);
        stream.incoming = new byte[] {4, 5};
        addReceiveBuffers(1);
        wake(stream);
        assertEquals(ByteBuffer.wrap(new byte[] {4, 5}), receive().getFirst().data());
    }

    @Test
    void programIsRefusedByAGuestWhereNobodyListens() {
        addReceiveBuffers(1);
        bench.executor.executeAndWait(() -> host.acceptor.accept(stream, GUEST_PORT));
        bench.executor.runTasks();
        byte[] reset = packet(CID, 2, GUEST_PORT, 1, Operation.RESET, 0, new byte[0]);
        ByteBuffer.wrap(reset)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(20, receive().getFirst().sourcePort());
        transmit(reset, KickPath.KERNEL);
        assertTrue(stream.closed);
        assertEquals(0, stream.confirmed);
    }

    @Test
    void connectionsAreBounded() {
        for (int i = 0; i < VsockDevice.MAXIMUM_CONNECTIONS; i++) {
            host.listening.put(HOST_PORT, new FakeStream());
            transmit(packet(CID, 2, i, 1, Operation.REQUEST, 0, new byte[0]), KickPath.KERNEL);
        }
        assertEquals(VsockDevice.MAXIMUM_CONNECTIONS, device.statistics().connections());
        transmit(packet(CID, 2, 5000, 1, Operation.REQUEST, 0, new byte[0]), KickPath.KERNEL);
        assertEquals(VsockDevice.MAXIMUM_CONNECTIONS, device.statistics().connections());
        assertEquals(1, device.statistics().refused());
        bench.executor.executeAndWait(() -> assertFalse(host.acceptor.accept(stream, 1)));
    }

    @ParameterizedTest
    @CsvSource({"8, 2, 1", "7, 3, 1", "4294967303, 2, 1"})
    void packetOfAnotherAddressIsDropped(long source, long target, int type) {
        host.listening.put(HOST_PORT, stream);
        addReceiveBuffers(1);
        transmit(packet(source, target, GUEST_PORT, type, Operation.REQUEST, 0, new byte[0]), KickPath.KERNEL);
        assertEquals(List.of(), operations());
        assertEquals(List.of(), host.asked);
        assertEquals(1, device.statistics().dropped());
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "0, 1", "2, 5", "1, 2", "1, 4", "1, 5", "1, 6", "1, 7", "1, 0", "1, 8", "1, 65535"})
    void packetOfNoConnectionIsReset(int type, int operation) {
        addReceiveBuffers(2);
        transmit(packet(CID, 2, GUEST_PORT, type, operation, 0, new byte[0]), KickPath.KERNEL);
        Seen seen = receive().getFirst();
        assertEquals(Operation.RESET, seen.operation());
        assertEquals(type, seen.type());
        assertEquals(GUEST_PORT, seen.targetPort());
        assertEquals(List.of(), host.asked);
    }

    @Test
    void resetOfNoConnectionIsNotAnswered() {
        addReceiveBuffers(1);
        send(Operation.RESET, 0);
        assertEquals(List.of(), operations());
    }

    @ParameterizedTest
    @ValueSource(ints = {Operation.REQUEST, Operation.RESPONSE, 0, 8, 65535})
    void operationThatCannotBeResetsTheConnection(int operation) {
        open();
        send(operation, 0);
        assertEquals(List.of(Operation.RESET), operations());
        assertTrue(stream.closed);
    }

    @Test
    void answersAreBoundedAndThePacketsWaitForRoom() {
        int taken = 0;
        for (int i = 0; i < 100; i++) {
            bench.fill(TRANSMIT, packet(CID, 2, i, 1, Operation.DATA, 0, new byte[0]));
            bench.queues[1].add(Buffer.readable(TRANSMIT, HEADER));
            bench.kick(1, KickPath.KERNEL);
            if (bench.queues[1].takeUsed().isEmpty()) {
                break;
            }
            taken++;
        }
        assertEquals(64, taken);
        addReceiveBuffers(1);
        assertEquals(List.of(Operation.RESET), operations());
        assertTrue(bench.queues[1].takeUsed().isPresent());
    }

    @Test
    void packetWithoutAWholeHeaderBreaksTheDevice() {
        bench.queues[1].add(Buffer.readable(TRANSMIT, 43));
        bench.kick(1, KickPath.KERNEL);
        assertTrue(bench.needsReset());
    }

    @ParameterizedTest
    @ValueSource(ints = {5, Integer.MAX_VALUE, -1})
    void packetThatClaimsMoreDataThanItHasBreaksTheDevice(int length) {
        bench.fill(TRANSMIT, packet(CID, 2, GUEST_PORT, 1, Operation.DATA, 0, new byte[4], length));
        bench.queues[1].add(Buffer.readable(TRANSMIT, HEADER + 4));
        bench.kick(1, KickPath.USERSPACE);
        assertTrue(bench.needsReset());
        assertTrue(bench.warnings.getFirst().contains("bytes behind its header and has 4"));
    }

    @Test
    void writablePacketBreaksTheDevice() {
        bench.queues[1].add(Buffer.readable(TRANSMIT, HEADER), Buffer.writable(TRANSMIT + 64, 4));
        bench.kick(1, KickPath.KERNEL);
        assertTrue(bench.needsReset());
    }

    @Test
    void receiveBufferWithoutRoomForDataBreaksTheDevice() {
        bench.queues[0].add(Buffer.writable(RECEIVE, HEADER));
        bench.fill(TRANSMIT, packet(CID, 2, GUEST_PORT, 1, Operation.REQUEST, 0, new byte[0]));
        bench.queues[1].add(Buffer.readable(TRANSMIT, HEADER));
        bench.kick(1, KickPath.KERNEL);
        assertTrue(bench.needsReset());
    }

    @Test
    void resetClosesTheConnections() {
        open();
        bench.driver.setStatus(0);
        assertTrue(stream.closed);
        assertNull(host.acceptor);
        assertEquals(0, device.statistics().connections());
    }
}
