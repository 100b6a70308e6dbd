package jinn.virtio.console;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jinn.testing.DeviceBench;
import jinn.testing.DeviceBench.KickPath;
import jinn.testing.FakeDriver;
import jinn.testing.FakeDriver.Buffer;
import jinn.testing.FakeDriver.Used;
import jinn.testing.GuestRam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConsolePortsTest {

    private static final long DATA = DeviceBench.DATA;
    private static final long MESSAGES = DATA + 0x8000;
    private static final int MESSAGE_STRIDE = 64;
    private static final int CONTROL_RECEIVE = 2;
    private static final int CONTROL_TRANSMIT = 3;
    private static final int RECEIVE = 4;
    private static final int TRANSMIT = 5;
    private static final int SIZE = 1;
    private static final int MULTIPORT = 2;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final FakePortEnd end = new FakePortEnd();
    private final Console console = new Console(
            "console0",
            output::write,
            true,
            List.of(new Console.NamedPort("agent", end), new Console.NamedPort("second", new FakePortEnd())));
    private final DeviceBench bench = new DeviceBench(console, SIZE | MULTIPORT);
    private int buffers;

    /** A message of the device: the port, the event, the value and what follows. */
    private record Message(int port, int event, int value, String data) {}

    private void say(int port, int event, int value, KickPath path) {
        bench.fill(
                DATA + 0x100,
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(port)
                        .putShort((short) event)
                        .putShort((short) value)
                        .array());
        bench.queues[CONTROL_TRANSMIT].add(Buffer.readable(DATA + 0x100, 8));
        bench.kick(CONTROL_TRANSMIT, path);
        bench.queues[CONTROL_TRANSMIT].takeUsed();
    }

    private void say(int port, int event, int value) {
        say(port, event, value, KickPath.KERNEL);
    }

    private void give(int count) {
        for (int i = 0; i < count; i++) {
            bench.queues[CONTROL_RECEIVE].add(
                    Buffer.writable(MESSAGES + (long) buffers++ * MESSAGE_STRIDE, MESSAGE_STRIDE));
        }
        bench.kick(CONTROL_RECEIVE, KickPath.KERNEL);
    }

    private List<Message> heard() {
        List<Message> messages = new ArrayList<>();
        Optional<Used> used = bench.queues[CONTROL_RECEIVE].takeUsed();
        while (used.isPresent()) {
            byte[] bytes = bench.bytes(
                    MESSAGES + (long) taken++ * MESSAGE_STRIDE, (int) used.get().length());
            ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            messages.add(new Message(
                    fields.getInt(),
                    fields.getShort(),
                    fields.getShort(),
                    new String(bytes, 8, bytes.length - 8, StandardCharsets.ISO_8859_1)));
            used = bench.queues[CONTROL_RECEIVE].takeUsed();
        }
        return messages;
    }

    private int taken;

    private void introduce(int port) {
        say(port, ControlEvent.PORT_READY, 1);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void aConsoleWithPortsHasTwoQueuesForEachAndTwoForControl() {
        assertEquals(8, console.queueCount());
        assertEquals(3, bench.transport.read(0x104, 4));
        assertEquals(SIZE | MULTIPORT, bench.driver.offeredFeatures() & 3);
        assertEquals(2, new Console(output::write).queueCount());
        assertEquals(0, new Console(output::write).features());
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void aReadyDriverIsToldOfEachPort(KickPath path) {
        give(4);
        say(-1, ControlEvent.DEVICE_READY, 1, path);

        assertEquals(
                List.of(
                        new Message(0, ControlEvent.PORT_ADD, 1, ""),
                        new Message(1, ControlEvent.PORT_ADD, 1, ""),
                        new Message(2, ControlEvent.PORT_ADD, 1, "")),
                heard());
    }

    @Test
    void aReadyPortIsIntroducedByWhatItIs() {
        console.resize(132, 200);
        give(6);
        introduce(0);
        introduce(1);

        assertEquals(
                List.of(
                        new Message(0, ControlEvent.CONSOLE_PORT, 1, ""),
                        new Message(0, ControlEvent.RESIZE, 0, "\u0084\u0000\u00c8\u0000"),
                        new Message(0, ControlEvent.PORT_OPEN, 1, ""),
                        new Message(1, ControlEvent.PORT_NAME, 1, "agent"),
                        new Message(1, ControlEvent.PORT_OPEN, 1, "")),
                heard());
    }

    @Test
    void messagesWaitForBuffersAndOnlyTheNewestStateIsTold() {
        introduce(1);
        for (int i = 0; i < 1000; i++) {
            end.open = i % 2 == 0;
            bench.executor.executeAndWait(end.port::openChanged);
        }
        assertEquals(List.of(), heard());
        give(8);

        assertEquals(
                List.of(
                        new Message(1, ControlEvent.PORT_NAME, 1, "agent"),
                        new Message(1, ControlEvent.PORT_OPEN, 0, "")),
                heard());
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void outputOfAPortReachesItsEndOnBothPaths(KickPath path) {
        bench.fill(DATA, ascii("to the agent"));
        int head = bench.queues[TRANSMIT].add(Buffer.readable(DATA, 7), Buffer.readable(DATA + 7, 5));
        bench.kick(TRANSMIT, path);

        assertArrayEquals(ascii("to the agent"), end.output.toByteArray());
        assertEquals(Optional.of(new Used(head, 0)), bench.queues[TRANSMIT].takeUsed());
        assertEquals(0, output.size());
    }

    @Test
    void outputThatTheEndDoesNotTakeStaysInTheDriversBuffer() {
        end.room = 5;
        bench.fill(DATA, ascii("to the agent"));
        int first = bench.queues[TRANSMIT].add(Buffer.readable(DATA, 12));
        int second = bench.queues[TRANSMIT].add(Buffer.readable(DATA, 2));
        bench.kick(TRANSMIT, KickPath.KERNEL);
        bench.kick(TRANSMIT, KickPath.KERNEL);
        assertArrayEquals(ascii("to th"), end.output.toByteArray());
        assertEquals(0, bench.queues[TRANSMIT].usedIndex());

        end.room = 100;
        bench.executor.executeAndWait(end.port::outputSpace);
        bench.executor.runTasks();
        assertArrayEquals(ascii("to the agentto"), end.output.toByteArray());
        assertEquals(Optional.of(new Used(first, 0)), bench.queues[TRANSMIT].takeUsed());
        assertEquals(Optional.of(new Used(second, 0)), bench.queues[TRANSMIT].takeUsed());
    }

    @Test
    void inputWaitsUntilAProgramOfTheGuestHasOpenedThePort() {
        int head = bench.queues[RECEIVE].add(Buffer.writable(DATA, 64));
        bench.executor.executeAndWait(() -> end.port.receive(ascii("hello"), 0, 5));
        bench.executor.runTasks();
        assertEquals(0, bench.queues[RECEIVE].usedIndex());
        say(1, ControlEvent.PORT_OPEN, 1);

        assertEquals(Optional.of(new Used(head, 5)), bench.queues[RECEIVE].takeUsed());
        assertArrayEquals(ascii("hello"), bench.bytes(DATA, 5));
    }

    @Test
    void roomForInputIsToldOnceItIsThere() {
        byte[] much = new byte[Console.INPUT_CAPACITY_BYTES + 1];
        bench.executor.executeAndWait(
                () -> assertEquals(Console.INPUT_CAPACITY_BYTES, end.port.receive(much, 0, much.length)));
        assertEquals(0, end.spaceTold);
        bench.queues[RECEIVE].add(Buffer.writable(DATA, 64));
        say(1, ControlEvent.PORT_OPEN, 1);

        assertEquals(1, end.spaceTold);
    }

    @Test
    void aDriverOfOnePortFindsTheConsoleWhereItAlwaysWas() {
        DeviceBench plain = new DeviceBench(
                new Console("console0", output::write, true, List.of(new Console.NamedPort("agent", end))), 0);
        plain.fill(DATA, ascii("console"));
        plain.queues[1].add(Buffer.readable(DATA, 7));
        plain.kick(1, KickPath.KERNEL);
        plain.queues[CONTROL_TRANSMIT].add(Buffer.readable(DATA, 8));
        plain.kick(CONTROL_TRANSMIT, KickPath.KERNEL);

        assertArrayEquals(ascii("console"), output.toByteArray());
        assertEquals(0, plain.queues[CONTROL_TRANSMIT].usedIndex());
        assertFalse(plain.needsReset());
    }

    @Test
    void aControlBufferThatIsTooSmallBreaksTheDevice() {
        bench.queues[CONTROL_RECEIVE].add(Buffer.writable(MESSAGES, 7));
        say(-1, ControlEvent.DEVICE_READY, 1);

        assertTrue(bench.needsReset());
        assertTrue(bench.warnings.getFirst().contains("7 writable bytes for a message of 8"), bench.warnings::toString);
    }

    @Test
    void aControlMessageThatIsCutShortBreaksTheDevice() {
        bench.queues[CONTROL_TRANSMIT].add(Buffer.readable(DATA, 7));
        bench.kick(CONTROL_TRANSMIT, KickPath.USERSPACE);

        assertTrue(bench.needsReset());
    }

    @Test
    void aProgramMayBeThereBeforeTheConsoleIs() {
        FakePortEnd early = new FakePortEnd() {
            @Override
            public void connect(Port newPort) {
                super.connect(newPort);
                newPort.openChanged();
            }
        };
        Console made = new Console("console0", output::write, true, List.of(new Console.NamedPort("early", early)));

        assertEquals(6, made.queueCount());
    }

    @Test
    void messagesAboutPortsThatThereAreNotAreIgnored() {
        give(4);
        say(3, ControlEvent.PORT_READY, 1);
        say(-2, ControlEvent.PORT_OPEN, 1);
        say(0, 99, 1);
        say(-1, ControlEvent.DEVICE_READY, 0);

        assertEquals(List.of(), heard());
        assertFalse(bench.needsReset());
    }

    @Test
    void aResetForgetsWhatTheDriverHasSaid() {
        introduce(1);
        bench.driver.setStatus(0);
        bench.driver.start(1L << 32 | MULTIPORT, freshQueues());
        bench.executor.runTasks();
        bench.executor.executeAndWait(end.port::openChanged);
        give(4);

        assertEquals(List.of(), heard());
    }

    private FakeDriver[] freshQueues() {
        for (int i = 0; i < bench.queues.length; i++) {
            bench.queues[i] = new FakeDriver(bench.memory, GuestRam.BASE + 0x30000 + i * 0x1000L, 16);
        }
        return bench.queues;
    }
}
