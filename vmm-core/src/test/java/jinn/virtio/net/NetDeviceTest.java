package jinn.virtio.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import jinn.testing.DeviceBench;
import jinn.testing.DeviceBench.KickPath;
import jinn.testing.FakeDriver;
import jinn.testing.FakeDriver.Buffer;
import jinn.testing.FakeDriver.Used;
import jinn.testing.FakeMmioDriver;
import jinn.virtio.net.FakeNetBackend.FakePort;
import jinn.virtio.net.FramePort.Sending;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetDeviceTest {

    private static final long DATA = DeviceBench.DATA;
    private static final byte[] ADDRESS = {0x52, 0x54, 0, 0x12, 0x34, 0x56};
    private static final int CONFIG = 0x100;
    private static final int CONFIG_GENERATION = 0x0fc;
    private static final int CONFIG_INTERRUPT = 2;

    private FakeNetBackend backend = new FakeNetBackend(1, 0, 0);
    private FakePort port = backend.ports.getFirst();
    private NetDevice device;
    private DeviceBench bench;

    private void start(long features) {
        device = new NetDevice("net0", backend, ADDRESS, OptionalInt.of(1400));
        bench = new DeviceBench(device, features);
    }

    private void startDirect(long features, int directBytes) {
        backend = new FakeNetBackend(1, NetFeature.OFFLOADS, directBytes);
        port = backend.ports.getFirst();
        start(features);
    }

    private void startTwoPairs(long features) {
        backend = new FakeNetBackend(2, 0, 0);
        port = backend.ports.getFirst();
        start(features);
    }

    /** Returns a header of zeros and a frame whose bytes tell their place. */
    private static byte[] frame(int bytes) {
        byte[] frame = new byte[NetHeader.BYTES + bytes];
        for (int i = NetHeader.BYTES; i < frame.length; i++) {
            frame[i] = (byte) (i * 7 + 1);
        }
        return frame;
    }

    private void arrive(byte[]... frames) {
        port.incoming.addAll(Arrays.asList(frames));
        bench.executor.execute(() -> backend.listener.receivable(0));
        bench.executor.runTasks();
    }

    private int bufferCount(long address) {
        return bench.memory.readU16(address + 10);
    }

    @Test
    void configurationSpaceHasAddressStatusPairsAndMtu() {
        startTwoPairs(0);
        for (int i = 0; i < ADDRESS.length; i++) {
            assertEquals(ADDRESS[i], (byte) bench.transport.read(CONFIG + i, 1));
        }
        assertEquals(1, bench.transport.read(CONFIG + 6, 2));
        assertEquals(2, bench.transport.read(CONFIG + 8, 2));
        assertEquals(1400, bench.transport.read(CONFIG + 10, 2));
        assertEquals(0, bench.transport.read(CONFIG + 12, 4));
        bench.transport.write(CONFIG, 1, 0xff);
        assertEquals(0x52, bench.transport.read(CONFIG, 1));
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 0", "1, 1, 0", "2, 0, 1"})
    void offersWhatTheBackendCan(int pairs, int offloads, int multiQueue) {
        backend = new FakeNetBackend(pairs, offloads == 1 ? NetFeature.OFFLOADS : 0, 0);
        start(0);
        long offered = bench.driver.offeredFeatures();
        assertEquals(offloads == 1 ? NetFeature.OFFLOADS : 0, offered & NetFeature.OFFLOADS);
        assertEquals(multiQueue == 1, (offered & NetFeature.MQ) != 0);
        assertEquals(multiQueue == 1, (offered & NetFeature.CTRL_VQ) != 0);
        long always = NetFeature.MAC | NetFeature.STATUS | NetFeature.MRG_RXBUF | NetFeature.MTU;
        assertEquals(always, offered & always);
        assertEquals(2 * pairs + multiQueue, bench.queues.length);
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void framesOfTheGuestReachThePortInOrderWithTheirHeader(KickPath path) {
        start(0);
        byte[] first = frame(60);
        byte[] second = frame(1500);
        bench.fill(DATA, first);
        bench.fill(DATA + 0x1000, second);
        int a = bench.queues[1].add(Buffer.readable(DATA, 12), Buffer.readable(DATA + 12, 60));
        int b = bench.queues[1].add(
                Buffer.readable(DATA + 0x1000, 5),
                Buffer.readable(DATA + 0x1005, 500),
                Buffer.readable(DATA + 0x1000 + 505, 1512 - 505));
        bench.kick(1, path);

        assertEquals(2, port.outgoing.size());
        assertArrayEquals(first, port.outgoing.get(0));
        assertArrayEquals(second, port.outgoing.get(1));
        assertEquals(Optional.of(new Used(a, 0)), bench.queues[1].takeUsed());
        assertEquals(Optional.of(new Used(b, 0)), bench.queues[1].takeUsed());
        assertEquals(1, bench.line.take());
        assertEquals(
                new NetStatistics.Direction(2, 1560, 0),
                device.statistics().getFirst().sent());
    }

    @Test
    void frameThatThePortDoesNotTakeIsKeptAndSentFirst() {
        start(0);
        port.answer = Sending.LATER;
        bench.fill(DATA, frame(60));
        bench.fill(DATA + 0x100, frame(61));
        bench.queues[1].add(Buffer.readable(DATA, 72));
        bench.queues[1].add(Buffer.readable(DATA + 0x100, 73));
        bench.kick(1, KickPath.KERNEL);
        assertEquals(0, bench.queues[1].usedIndex());

        port.answer = Sending.SENT;
        bench.executor.execute(() -> backend.listener.sendable(0));
        bench.executor.runTasks();
        assertEquals(2, bench.queues[1].usedIndex());
        assertArrayEquals(frame(60), port.outgoing.get(0));
        assertArrayEquals(frame(61), port.outgoing.get(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 25, 65600, 131072})
    void frameOfAnImpossibleLengthIsDroppedAndCounted(int bytes) {
        start(0);
        bench.queues[1].add(Buffer.readable(DATA, bytes));
        bench.kick(1, KickPath.KERNEL);
        assertEquals(1, bench.queues[1].usedIndex());
        assertEquals(0, port.outgoing.size());
        assertEquals(1, device.statistics().getFirst().sent().dropped());
        assertFalse(bench.needsReset());
    }

    @Test
    void frameThatTheHostDoesNotTakeIsDroppedAndCounted() {
        start(0);
        port.answer = Sending.DROPPED;
        bench.queues[1].add(Buffer.readable(DATA, 100));
        bench.kick(1, KickPath.USERSPACE);
        assertEquals(1, bench.queues[1].usedIndex());
        assertEquals(1, device.statistics().getFirst().sent().dropped());
    }

    @Test
    void transmitBufferWithoutAHeaderBreaksTheDevice() {
        start(0);
        bench.queues[1].add(Buffer.readable(DATA, 11));
        bench.kick(1, KickPath.KERNEL);
        assertTrue(bench.needsReset());
        assertTrue(bench.warnings.getFirst().contains("transmit buffer of 11 bytes has no header of 12"));
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void writableTransmitBufferBreaksTheDevice(KickPath path) {
        start(0);
        bench.queues[1].add(Buffer.readable(DATA, 80), Buffer.writable(DATA + 0x100, 4));
        bench.kick(1, path);
        assertTrue(bench.needsReset());
        assertTrue(bench.warnings.getFirst().contains("transmit buffer has 4 writable bytes"));
    }

    @ParameterizedTest
    @CsvSource({"0, KERNEL", "0, USERSPACE", "2000, KERNEL", "2000, USERSPACE"})
    void frameIsReceivedIntoABuffer(int direct, KickPath path) {
        startDirect(0, direct);
        int head = bench.queues[0].add(Buffer.writable(DATA, 12), Buffer.writable(DATA + 0x100, 1600));
        bench.kick(0, path);
        arrive(frame(300));

        assertEquals(Optional.of(new Used(head, 312)), bench.queues[0].takeUsed());
        assertEquals(1, bufferCount(DATA));
        assertArrayEquals(Arrays.copyOfRange(frame(300), 12, 312), bench.bytes(DATA + 0x100, 300));
        assertEquals(1, bench.line.take());
        assertEquals(
                new NetStatistics.Direction(1, 300, 0),
                device.statistics().getFirst().received());
    }

    @ParameterizedTest
    @CsvSource({"0", "40", "150", "5000"})
    void frameIsSpreadOverMergeableBuffers(int direct) {
        startDirect(NetFeature.MRG_RXBUF, direct);
        for (int i = 0; i < 6; i++) {
            bench.queues[0].add(Buffer.writable(DATA + i * 0x100L, 100));
        }
        arrive(frame(340), frame(50));

        assertEquals(5, bench.queues[0].usedIndex());
        assertEquals(4, bufferCount(DATA));
        byte[] whole = frame(340);
        for (int i = 0; i < 4; i++) {
            int length = i < 3 ? 100 : 52;
            assertEquals(length, bench.queues[0].takeUsed().orElseThrow().length());
            byte[] part = Arrays.copyOfRange(whole, i * 100, i * 100 + length);
            byte[] got = bench.bytes(DATA + i * 0x100L, length);
            if (i == 0) {
                got[10] = 0;
            }
            assertArrayEquals(part, got, "buffer " + i);
        }
        assertEquals(62, bench.queues[0].takeUsed().orElseThrow().length());
        assertEquals(1, bufferCount(DATA + 4 * 0x100L));
        assertEquals(1, bench.line.take());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5000})
    void withoutBuffersThePortIsNotAskedUntilTheDriverAddsSome(int direct) {
        startDirect(NetFeature.MRG_RXBUF, direct);
        arrive(frame(60));
        assertFalse(port.receiving);
        assertEquals(1, port.incoming.size());

        bench.queues[0].add(Buffer.writable(DATA, 1600));
        bench.queues[0].add(Buffer.writable(DATA + 0x1000, 1600));
        bench.kick(0, KickPath.KERNEL);
        assertTrue(port.receiving);
        assertEquals(1, bench.queues[0].usedIndex());
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void frameThatIsCutShortGoesOnInBuffersAddedLater(KickPath path) {
        startDirect(NetFeature.MRG_RXBUF, 5000);
        bench.queues[0].add(Buffer.writable(DATA, 100));
        arrive(frame(150), frame(20));
        assertEquals(0, bench.queues[0].usedIndex());
        assertFalse(port.receiving);
        assertEquals(1, port.incoming.size());

        bench.queues[0].add(Buffer.writable(DATA + 0x100, 100));
        bench.kick(0, path);
        assertEquals(2, bench.queues[0].usedIndex());
        assertEquals(2, bufferCount(DATA));
        assertArrayEquals(Arrays.copyOfRange(frame(150), 100, 162), bench.bytes(DATA + 0x100, 62));
        assertEquals(100, bench.queues[0].takeUsed().orElseThrow().length());
        assertEquals(62, bench.queues[0].takeUsed().orElseThrow().length());
    }

    @Test
    void frameLongerThanTheBufferOfADriverThatCannotMergeIsDropped() {
        startDirect(0, 2000);
        bench.queues[0].add(Buffer.writable(DATA, 100));
        bench.queues[0].add(Buffer.writable(DATA + 0x100, 100));
        arrive(frame(150), frame(50));
        assertEquals(1, bench.queues[0].usedIndex());
        assertEquals(62, bench.queues[0].takeUsed().orElseThrow().length());
        assertEquals(
                new NetStatistics.Direction(1, 50, 1),
                device.statistics().getFirst().received());
    }

    @Test
    void frameThatNeedsMoreBuffersThanAQueueHasIsDropped() {
        startDirect(NetFeature.MRG_RXBUF, 5000);
        for (int i = 0; i < 16; i++) {
            bench.queues[0].add(Buffer.writable(DATA + i * 0x100L, 12));
        }
        arrive(frame(181), frame(180));
        assertEquals(16, bench.queues[0].usedIndex());
        assertEquals(16, bufferCount(DATA));
        assertEquals(
                new NetStatistics.Direction(1, 180, 1),
                device.statistics().getFirst().received());
    }

    @Test
    void oneTurnIsBoundedAndTheRestComesLater() {
        startDirect(NetFeature.MRG_RXBUF, 0);
        FakeDriver queue = bench.queues[0];
        for (int i = 0; i < 200; i++) {
            port.incoming.add(frame(20));
        }
        int delivered = 0;
        for (int turns = 0; turns < 13; turns++) {
            for (int i = 0; i < 16; i++) {
                queue.add(Buffer.writable(DATA + i * 0x100L, 100));
            }
            bench.kick(0, KickPath.KERNEL);
            while (queue.takeUsed().isPresent()) {
                delivered++;
            }
        }
        assertEquals(200, delivered);
    }

    @Test
    void receiveBufferSmallerThanTheHeaderBreaksTheDevice() {
        start(NetFeature.MRG_RXBUF);
        bench.queues[0].add(Buffer.writable(DATA, 11));
        arrive(frame(60));
        assertTrue(bench.needsReset());
        assertTrue(bench.warnings.getFirst().contains("receive buffer of 11 bytes"));
    }

    @Test
    void readableReceiveBufferBreaksTheDeviceAndThePortIsNotAskedAnyMore() {
        start(0);
        bench.queues[0].add(Buffer.readable(DATA, 4), Buffer.writable(DATA, 1600));
        arrive(frame(60));
        assertTrue(bench.needsReset());
        assertTrue(bench.warnings.getFirst().contains("receive buffer has 4 readable bytes"));
        arrive();
        assertFalse(port.receiving);
    }

    @Test
    void controlCommandSetsThePairsInUse() {
        startTwoPairs(NetFeature.MQ | NetFeature.CTRL_VQ);
        assertEquals(1, backend.usedPairs);
        assertEquals(0, control(4, new byte[] {4, 0, 2, 0}));
        assertEquals(2, backend.usedPairs);
    }

    @ParameterizedTest
    @CsvSource({"4, 0, 0, 0", "4, 0, 3, 0", "4, 0, 0, 1", "4, 1, 1, 0", "1, 0, 1, 0", "0, 0, 1, 0", "255, 255, 255, 255"
    })
    void controlCommandThatIsUnknownOrOutOfRangeIsAnsweredWithAnError(int a, int b, int c, int d) {
        startTwoPairs(NetFeature.MQ | NetFeature.CTRL_VQ);
        assertEquals(1, control(4, new byte[] {(byte) a, (byte) b, (byte) c, (byte) d}));
        assertEquals(1, backend.usedPairs);
        assertFalse(bench.needsReset());
    }

    @Test
    void controlCommandThatIsTooShortIsAnsweredWithAnError() {
        startTwoPairs(NetFeature.MQ | NetFeature.CTRL_VQ);
        assertEquals(1, control(4, new byte[] {4, 0, 1}));
    }

    @Test
    void controlCommandWithoutAPlaceForTheAnswerBreaksTheDevice() {
        startTwoPairs(NetFeature.MQ | NetFeature.CTRL_VQ);
        bench.queues[4].add(Buffer.readable(DATA, 4));
        bench.kick(4, KickPath.KERNEL);
        assertTrue(bench.needsReset());
    }

    @Test
    void driverOfOnePairFindsTheControlQueueBehindItsTwo() {
        startTwoPairs(NetFeature.CTRL_VQ);
        assertEquals(0, control(2, new byte[] {4, 0, 1, 0}));
        bench.queues[4].add(Buffer.readable(DATA, 4));
        bench.kick(4, KickPath.KERNEL);
        assertEquals(0, bench.queues[4].usedIndex());
    }

    private int control(int queue, byte[] command) {
        bench.fill(DATA, command);
        bench.memory.writeU8(DATA + 0x100, 0xee);
        bench.queues[queue].add(Buffer.readable(DATA, command.length), Buffer.writable(DATA + 0x100, 1));
        bench.kick(queue, KickPath.KERNEL);
        assertEquals(1, bench.queues[queue].takeUsed().orElseThrow().length());
        return bench.memory.readU8(DATA + 0x100);
    }

    @Test
    void secondPairHasAPortOfItsOwn() {
        startTwoPairs(NetFeature.MQ | NetFeature.CTRL_VQ);
        control(4, new byte[] {4, 0, 2, 0});
        bench.fill(DATA, frame(60));
        bench.queues[3].add(Buffer.readable(DATA, 72));
        bench.kick(3, KickPath.KERNEL);
        assertEquals(1, backend.ports.get(1).outgoing.size());

        bench.queues[2].add(Buffer.writable(DATA + 0x1000, 1600));
        backend.ports.get(1).incoming.add(frame(70));
        bench.executor.execute(() -> backend.listener.receivable(1));
        bench.executor.runTasks();
        assertEquals(82, bench.queues[2].takeUsed().orElseThrow().length());
        assertEquals(60, device.statistics().get(1).sent().bytes());
        assertEquals(70, device.statistics().get(1).received().bytes());
    }

    @Test
    void linkThatGoesDownChangesTheConfiguration() {
        start(NetFeature.STATUS);
        long generation = bench.driver.read(CONFIG_GENERATION);
        backend.linkUp = false;
        bench.executor.execute(() -> backend.listener.linkChanged());
        bench.executor.runTasks();
        assertEquals(0, bench.transport.read(CONFIG + 6, 2));
        assertEquals(CONFIG_INTERRUPT, bench.driver.takeInterrupts());
        assertTrue(bench.driver.read(CONFIG_GENERATION) != generation);
    }

    @Test
    void resetWithAFrameAtHandStopsTheBackendAndTheDeviceStartsAnew() {
        startDirect(NetFeature.MRG_RXBUF, 5000);
        port.answer = Sending.LATER;
        bench.queues[0].add(Buffer.writable(DATA, 100));
        bench.queues[1].add(Buffer.readable(DATA + 0x1000, 80));
        bench.kick(1, KickPath.KERNEL);
        arrive(frame(150));
        bench.driver.setStatus(0);
        assertNull(backend.listener);

        port.answer = Sending.SENT;
        FakeDriver receive = new FakeDriver(bench.memory, DATA + 0x8000, 16);
        FakeDriver transmit = new FakeDriver(bench.memory, DATA + 0x9000, 16);
        bench.driver.start(FakeMmioDriver.VERSION_1 | NetFeature.MRG_RXBUF, receive, transmit);
        bench.executor.runTasks();
        receive.add(Buffer.writable(DATA, 1600));
        arrive(frame(33));
        assertEquals(45, receive.takeUsed().orElseThrow().length());
        transmit.add(Buffer.readable(DATA + 0x1000, 90));
        bench.kick(1, KickPath.USERSPACE);
        assertEquals(90, port.outgoing.getLast().length);
    }

    @Test
    void backendLearnsWhatWasNegotiated() {
        startDirect(NetFeature.GUEST_CSUM | NetFeature.GUEST_TSO4 | NetFeature.MRG_RXBUF, 0);
        assertEquals(NetFeature.GUEST_CSUM | NetFeature.GUEST_TSO4 | NetFeature.MRG_RXBUF, backend.features);
    }
}
