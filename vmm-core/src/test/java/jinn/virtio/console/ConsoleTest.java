package jinn.virtio.console;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jinn.testing.DeviceBench;
import jinn.testing.DeviceBench.KickPath;
import jinn.testing.FakeDriver.Buffer;
import jinn.testing.FakeDriver.Used;
import jinn.testing.FakeMmioDriver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleTest {

    private static final long DATA = DeviceBench.DATA;
    private static final int RECEIVE = 0;
    private static final int TRANSMIT = 1;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final Console console = sized(output);
    private final DeviceBench bench = new DeviceBench(console, FakeMmioDriver.EVENT_IDX | 1);

    @BeforeEach
    void forgetThatTheSizeWasTold() {
        bench.line.take();
    }

    private static Console sized(ByteArrayOutputStream output) {
        Console made = new Console("hvc0", output::write, true, List.of());
        made.resize(80, 25);
        return made;
    }

    private int receive(byte[] bytes) {
        int[] taken = new int[1];
        bench.executor.executeAndWait(() -> taken[0] = console.receive(bytes, 0, bytes.length));
        bench.executor.runTasks();
        return taken[0];
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 7 + i / 251);
        }
        return bytes;
    }

    @Test
    void sizeIsInTheConfigurationSpace() {
        assertEquals(3, bench.driver.read(0x008));
        assertEquals(80, bench.transport.read(0x100, 2));
        assertEquals(25, bench.transport.read(0x102, 2));
        assertEquals(25L << 16 | 80, bench.transport.read(0x100, 4));
        assertEquals(1, bench.transport.read(0x104, 4));
        assertEquals(0, bench.transport.read(0x108, 4));
        assertEquals(25, bench.transport.read(0x102, 1));
        assertEquals(1, bench.driver.offeredFeatures() & 1);
    }

    @Test
    void sizeUnknownIsNotOffered() {
        DeviceBench plain = new DeviceBench(new Console(output::write), 0);

        assertEquals(0, plain.driver.offeredFeatures() & 1);
    }

    @Test
    void aDriverThatComesIsToldOfTheSize() {
        assertEquals(2, bench.driver.takeInterrupts());
    }

    @Test
    void resizeTellsTheDriver() {
        bench.driver.takeInterrupts();
        bench.executor.executeAndWait(() -> console.resize(132, 50));

        assertEquals(132, bench.transport.read(0x100, 2));
        assertEquals(50, bench.transport.read(0x102, 2));
        assertEquals(2, bench.driver.read(0x0fc));
        assertEquals(2, bench.driver.takeInterrupts());
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void outputArrivesInOrderOnBothPaths(KickPath path) {
        bench.fill(DATA, ascii("hello, world\n"));
        int firstHead = bench.queues[TRANSMIT].add(Buffer.readable(DATA, 5), Buffer.readable(DATA + 5, 2));
        int secondHead = bench.queues[TRANSMIT].add(Buffer.readable(DATA + 7, 6));
        bench.kick(TRANSMIT, path);

        assertEquals("hello, world\n", output.toString(StandardCharsets.US_ASCII));
        assertEquals(Optional.of(new Used(firstHead, 0)), bench.queues[TRANSMIT].takeUsed());
        assertEquals(Optional.of(new Used(secondHead, 0)), bench.queues[TRANSMIT].takeUsed());
        assertEquals(1, bench.line.take());
    }

    @Test
    void outputLargerThanTheCopyBufferIsWhole() {
        byte[] large = pattern(10_000);
        bench.fill(DATA, large);
        bench.queues[TRANSMIT].add(Buffer.readable(DATA, large.length));
        bench.kick(TRANSMIT, KickPath.KERNEL);

        assertArrayEquals(large, output.toByteArray());
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void inputWaitsForBuffersOnBothPaths(KickPath path) {
        assertEquals(5, receive(ascii("hello")));
        int head = bench.queues[RECEIVE].add(Buffer.writable(DATA, 3), Buffer.writable(DATA + 16, 10));
        assertEquals(0, bench.queues[RECEIVE].usedIndex());
        bench.kick(RECEIVE, path);

        assertEquals(Optional.of(new Used(head, 5)), bench.queues[RECEIVE].takeUsed());
        assertArrayEquals(ascii("hel"), bench.bytes(DATA, 3));
        assertArrayEquals(ascii("lo"), bench.bytes(DATA + 16, 2));
        assertEquals(1, bench.line.take());
    }

    @Test
    void inputGoesStraightIntoWaitingBuffers() {
        int head = bench.queues[RECEIVE].add(Buffer.writable(DATA, 64));
        bench.kick(RECEIVE, KickPath.KERNEL);
        assertEquals(0, bench.queues[RECEIVE].usedIndex());
        assertEquals(2, receive(ascii("ls")));

        assertEquals(Optional.of(new Used(head, 2)), bench.queues[RECEIVE].takeUsed());
        assertArrayEquals(ascii("ls"), bench.bytes(DATA, 2));
    }

    @Test
    void kickIsAskedForOnlyWhileInputWaits() {
        bench.queues[RECEIVE].add(Buffer.writable(DATA, 1));
        receive(ascii("abc"));
        assertEquals(1, bench.queues[RECEIVE].availEvent());

        bench.queues[RECEIVE].add(Buffer.writable(DATA + 16, 2));
        bench.kick(RECEIVE, KickPath.KERNEL);
        assertEquals(1, bench.queues[RECEIVE].availEvent());
        assertArrayEquals(ascii("bc"), bench.bytes(DATA + 16, 2));
    }

    @Test
    void inputThatDoesNotFitIsTheCallersAndSpaceIsTold() {
        int[] told = new int[1];
        console.onInputSpace(() -> told[0]++);
        byte[] large = pattern(Console.INPUT_CAPACITY_BYTES + 100);

        assertEquals(Console.INPUT_CAPACITY_BYTES, receive(large));
        assertEquals(0, receive(ascii("x")));
        assertEquals(0, console.inputSpace());
        assertEquals(0, told[0]);
        bench.queues[RECEIVE].add(Buffer.writable(DATA, 40));
        bench.kick(RECEIVE, KickPath.USERSPACE);

        assertEquals(1, told[0]);
        assertEquals(40, console.inputSpace());
        assertEquals(40, receive(Arrays.copyOfRange(large, Console.INPUT_CAPACITY_BYTES, large.length)));
    }

    @Test
    void nothingIsLostOrReorderedAcrossTheBuffersEnd() {
        byte[] sent = pattern(3 * Console.INPUT_CAPACITY_BYTES);
        ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        int done = 0;
        while (arrived.size() < sent.length) {
            done += receive(Arrays.copyOfRange(sent, done, Math.min(sent.length, done + 1500)));
            bench.queues[RECEIVE].add(Buffer.writable(DATA, 1000));
            bench.kick(RECEIVE, KickPath.KERNEL);
            int length = (int) bench.queues[RECEIVE].takeUsed().orElseThrow().length();
            arrived.writeBytes(bench.bytes(DATA, length));
        }

        assertArrayEquals(sent, arrived.toByteArray());
    }

    @Test
    void inputBeforeTheDriverIsThereIsKept() {
        Console early = new Console(output::write);
        assertEquals(2, early.receive(ascii("hi"), 0, 2));
        DeviceBench late = new DeviceBench(early, 0);
        late.queues[RECEIVE].add(Buffer.writable(DATA, 8));
        late.kick(RECEIVE, KickPath.KERNEL);

        assertArrayEquals(ascii("hi"), late.bytes(DATA, 2));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bufferOfTheWrongDirectionBreaksTheDevice(boolean transmit) {
        if (transmit) {
            bench.queues[TRANSMIT].add(Buffer.writable(DATA, 4));
            bench.kick(TRANSMIT, KickPath.KERNEL);
        } else {
            bench.queues[RECEIVE].add(Buffer.readable(DATA, 4));
            receive(ascii("x"));
        }

        assertTrue(bench.needsReset());
        assertEquals(1, bench.transport.faultCount());
        assertEquals(0, output.size());
    }

    @Test
    void brokenConsoleStillTakesInputUntilItIsFull() {
        bench.queues[TRANSMIT].add(Buffer.writable(DATA, 4));
        bench.kick(TRANSMIT, KickPath.KERNEL);

        assertEquals(1, receive(ascii("x")));
        assertFalse(bench.warnings.isEmpty());
    }
}
