package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import jinn.event.EventLoop;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class VmConsoleTest {

    private final VmConsole console = new VmConsole(() -> {}, Optional.empty());

    @AutoClose
    private final EventLoop loop = EventLoop.start("test-loop", failure -> {});

    /** A console that takes a byte at a time. */
    private static final class FakeSink implements InputSink {

        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final List<String> threads = new ArrayList<>();
        private final List<String> sizes = new ArrayList<>();
        private int room;
        private Runnable listener;

        @Override
        public int receive(byte[] bytes, int offset, int length) {
            int count = Math.min(length, room);
            taken.write(bytes, offset, count);
            room -= count;
            threads.add(Thread.currentThread().getName());
            return count;
        }

        @Override
        public void resize(int columns, int rows) {
            sizes.add(Thread.currentThread().getName() + " " + columns + "x" + rows);
        }

        @Override
        public void onSpace(Runnable newListener) {
            listener = newListener;
        }
    }

    @Test
    void keepsTheNewestOutputAndItsPosition() {
        Random random = new Random(7);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int round = 0; round < 500; round++) {
            byte[] piece = new byte[random.nextInt(2000)];
            random.nextBytes(piece);
            if (piece.length == 1) {
                console.write(piece[0]);
            } else {
                console.write(piece, 0, piece.length);
            }
            all.write(piece, 0, piece.length);
            byte[] expected = all.toByteArray();
            int from = Math.max(0, expected.length - VmConsole.KEPT_BYTES);
            ConsolePiece kept = console.read(0, Integer.MAX_VALUE);
            assertEquals(from, kept.position());
            assertArrayEquals(Arrays.copyOfRange(expected, from, expected.length), kept.bytes());
            assertEquals(expected.length, kept.end());
        }
        assertEquals(0, console.read(Long.MAX_VALUE, 10).bytes().length);
        assertEquals(10, console.read(all.size() - 20L, 10).bytes().length);
    }

    @Test
    void ofOnePieceThatIsTooLongTheEndIsKept() {
        byte[] piece = new byte[3 * VmConsole.KEPT_BYTES + 5];
        new Random(8).nextBytes(piece);
        console.write(piece, 0, piece.length);
        ConsolePiece kept = console.read(0, Integer.MAX_VALUE);
        assertArrayEquals(Arrays.copyOfRange(piece, piece.length - VmConsole.KEPT_BYTES, piece.length), kept.bytes());
    }

    @Test
    void tellsItsWatcherOnceUntilItReads() {
        AtomicInteger told = new AtomicInteger();
        console.watch(told::incrementAndGet);
        console.write((byte) 'a');
        console.write((byte) 'b');
        assertEquals(1, told.get());
        assertEquals(2, console.read(0, 10).bytes().length);
        console.write((byte) 'c');
        assertEquals(2, told.get());
    }

    @Test
    void withoutAConsoleForInputItTakesNone() {
        assertFalse(console.takesInput());
        assertFalse(console.hasRoom());
        assertEquals(0, console.type(new byte[3]));
    }

    @Test
    void theSizeReachesTheConsoleOnItsLoop() {
        console.resize(1, 2);
        FakeSink sink = new FakeSink();
        console.setInput(new ConsoleInput(loop, sink));
        console.resize(100, 40);
        loop.executeAndWait(() -> {});
        assertEquals(List.of("test-loop 100x40"), sink.sizes);
    }

    @Test
    void inputWaitsForRoomAndReachesTheConsoleOnItsLoop() {
        FakeSink sink = new FakeSink();
        console.setInput(new ConsoleInput(loop, sink));
        AtomicInteger told = new AtomicInteger();
        console.watch(told::incrementAndGet);
        byte[] text = "x".repeat(5000).getBytes(StandardCharsets.ISO_8859_1);
        assertTrue(console.takesInput());
        assertEquals(4096, console.type(text));
        assertFalse(console.hasRoom());
        loop.executeAndWait(() -> sink.room = 100);
        assertEquals(0, told.get());
        sink.listener.run();
        loop.executeAndWait(() -> {});
        assertEquals(1, told.get());
        assertTrue(console.hasRoom());
        loop.executeAndWait(() -> sink.room = 10_000);
        assertEquals(100, console.type(text));
        loop.executeAndWait(() -> {});
        assertEquals(4196, sink.taken.size());
        assertEquals(List.of("test-loop"), sink.threads.stream().distinct().toList());
    }
}
