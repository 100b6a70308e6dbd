package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jinn.event.EventLoop;
import jinn.posix.FileDescriptor;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a FIFO and a regular file as input. */
@Timeout(30)
final class TerminalInputTest {

    @TempDir
    private Path directory;

    @AutoClose
    private final EventLoop loop = EventLoop.start("test-loop", failure -> {
        throw new AssertionError(failure);
    });

    private final AtomicInteger escapes = new AtomicInteger();
    private final SlowSink sink = new SlowSink();
    private Path fifo;

    @AutoClose
    private FileDescriptor fifoEnd;

    @BeforeEach
    void makeFifo() throws IOException, InterruptedException {
        fifo = directory.resolve("fifo");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        fifoEnd = FileDescriptor.open(fifo.toString());
    }

    @Test
    void whatIsTypedReachesTheConsole() throws IOException, InterruptedException {
        sink.accept(Integer.MAX_VALUE);
        try (TerminalInput input = input(fifoEnd, false)) {
            input.start();
            write(fifo, "hello".getBytes(StandardCharsets.US_ASCII));
            sink.awaitBytes(5);
        }
        assertEquals("hello", sink.text());
    }

    @Test
    void aRegularFileIsReadToItsEndAndNoByteIsLostToASlowConsole() throws IOException, InterruptedException {
        byte[] bytes = new byte[100_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ('a' + i % 26);
        }
        Path file = Files.write(directory.resolve("file"), bytes);
        try (FileDescriptor fd = FileDescriptor.open(file.toString());
                TerminalInput input = input(fd, false)) {
            input.start();
            while (sink.received() < bytes.length) {
                sink.accept(1000);
            }
        }
        assertEquals(new String(bytes, StandardCharsets.US_ASCII), sink.text());
    }

    @Test
    void aPipeThatIsFullerThanTheRoomIsDrainedInOrder() throws IOException, InterruptedException {
        byte[] bytes = new byte[20_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ('a' + i % 26);
        }
        try (TerminalInput input = input(fifoEnd, false)) {
            input.start();
            write(fifo, bytes);
            while (sink.received() < bytes.length) {
                sink.accept(700);
            }
        }
        assertEquals(new String(bytes, StandardCharsets.US_ASCII), sink.text());
    }

    @Test
    void theEscapeKeyWorksEvenWhenTheGuestTakesNothing() throws IOException, InterruptedException {
        try (TerminalInput input = input(fifoEnd, true)) {
            input.start();
            write(fifo, new byte[30_000]);
            write(fifo, new byte[] {TerminalIo.ESCAPE});
            while (escapes.get() == 0) {
                Thread.onSpinWait();
            }
        }
        assertEquals(1, escapes.get());
        assertEquals(0, sink.received());
    }

    @Test
    void withoutATerminalTheEscapeByteIsAByteLikeOthers() throws IOException, InterruptedException {
        sink.accept(Integer.MAX_VALUE);
        try (TerminalInput input = input(fifoEnd, false)) {
            input.start();
            write(fifo, new byte[] {'a', TerminalIo.ESCAPE, 'b'});
            sink.awaitBytes(3);
        }
        assertEquals(0, escapes.get());
        assertEquals("a\u001db", sink.text());
    }

    @Test
    void afterCloseNothingIsRead() throws IOException {
        sink.accept(Integer.MAX_VALUE);
        TerminalInput input = input(fifoEnd, false);
        input.start();
        input.close();
        input.close();
        write(fifo, new byte[] {'a'});
        loop.executeAndWait(() -> {});

        assertEquals(0, sink.received());
    }

    private TerminalInput input(FileDescriptor fd, boolean interactive) {
        return new TerminalInput(loop, fd, sink, interactive, escapes::incrementAndGet);
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Files.write(file, bytes, StandardOpenOption.WRITE);
    }

    /** A console that takes only as many bytes as the test has allowed. Calls are on the loop's thread, or wait for it. */
    private final class SlowSink implements InputSink {

        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final AtomicInteger count = new AtomicInteger();
        private final CountDownLatch ready = new CountDownLatch(1);
        private int allowed;
        private boolean refused;
        private Runnable listener = () -> {};

        void accept(int bytes) {
            loop.executeAndWait(() -> {
                allowed = bytes;
                if (refused) {
                    refused = false;
                    listener.run();
                }
            });
        }

        int received() {
            return count.get();
        }

        void awaitBytes(int bytes) throws InterruptedException {
            assertTrue(ready.await(10, TimeUnit.SECONDS));
            while (received() < bytes) {
                Thread.onSpinWait();
            }
        }

        String text() {
            return taken.toString(StandardCharsets.ISO_8859_1);
        }

        @Override
        public int receive(byte[] bytes, int offset, int length) {
            int part = Math.min(length, allowed);
            taken.write(bytes, offset, part);
            allowed -= part;
            refused |= part < length;
            count.addAndGet(part);
            ready.countDown();
            return part;
        }

        @Override
        public void resize(int columns, int rows) {}

        @Override
        public void onSpace(Runnable runnable) {
            listener = runnable;
        }
    }
}
