package jinn.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class KickableThreadTest {

    private static final int KICKS = 200;

    /** The number of read(2), as /proc shows it while a thread is in it. */
    private static final String READ_SYSCALL = System.getProperty("os.arch").equals("aarch64") ? "63 " : "0 ";

    @TempDir
    private Path directory;

    @AutoClose
    private final ExecutorService executor = Executors.newSingleThreadExecutor();

    /** A FIFO, since a read of one is a call that SA_RESTART would resume. */
    @AutoClose
    private FileDescriptor fifo;

    private final MemorySegment buffer = Arena.ofAuto().allocate(1);

    @BeforeEach
    void makeFifo() throws IOException, InterruptedException {
        Path path = directory.resolve("fifo");
        assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
        fifo = FileDescriptor.open(path.toString());
    }

    @Test
    void everyKickEndsTheCallThatBlocks() throws Exception {
        SynchronousQueue<Long> results = new SynchronousQueue<>();
        String thread = executor.submit(
                        () -> Path.of("/proc/thread-self").toRealPath().toString())
                .get();
        KickableThread blocked = executor.submit(KickableThread::prepareCurrent).get();
        Future<?> done = executor.submit(() -> {
            for (int i = 0; i < KICKS; i++) {
                results.put(fifo.read(buffer, 1));
            }
            return null;
        });

        for (int i = 0; i < KICKS; i++) {
            awaitReading(thread);
            blocked.kick();
            assertEquals(-Errno.EINTR.number(), results.take(), "kick " + i);
        }
        done.get();
    }

    @Test
    void aKickAfterTheEndDoesNothing() throws Exception {
        KickableThread ended = executor.submit(KickableThread::prepareCurrent).get();
        String thread = executor.submit(
                        () -> Path.of("/proc/thread-self").toRealPath().toString())
                .get();
        Future<Long> read = executor.submit(() -> {
            ended.end();
            return fifo.read(buffer, 1);
        });
        awaitReading(thread);
        ended.kick();

        assertThrows(TimeoutException.class, () -> read.get(100, TimeUnit.MILLISECONDS));
        assertEquals(1, fifo.write(buffer, 1));
        assertEquals(1, read.get());
    }

    @Test
    void aPreparedThreadBlocksOrdinarySignalsButNotTheKick() throws Exception {
        long blocked = executor.submit(() -> {
                    KickableThread.prepareCurrent();
                    return blockedSignals();
                })
                .get();

        assertTrue(isBlocked(blocked, 15), "SIGTERM");
        assertTrue(isBlocked(blocked, 10), "SIGUSR1");
        assertFalse(isBlocked(blocked, 11), "SIGSEGV");
        assertFalse(isBlocked(blocked, 7), "SIGBUS");
        assertFalse(isBlocked(blocked, Signals.KICK), "the kick");
    }

    private static boolean isBlocked(long mask, int signal) {
        return (mask >>> (signal - 1) & 1) == 1;
    }

    private static long blockedSignals() throws IOException {
        return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                .filter(line -> line.startsWith("SigBlk:"))
                .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .findFirst()
                .orElseThrow();
    }

    /** A kick before the call has begun is lost by design: waits until the thread sleeps in the kernel. */
    private static void awaitReading(String thread) throws IOException {
        Path syscall = Path.of(thread, "syscall");
        while (!Files.readString(syscall).startsWith(READ_SYSCALL)) {
            Thread.onSpinWait();
        }
    }
}
