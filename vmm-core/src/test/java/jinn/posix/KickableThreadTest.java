package jinn.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class KickableThreadTest {

    private static final int KICKS = 200;

    @AutoClose
    private final Epoll epoll = Epoll.create();

    @AutoClose
    private final ExecutorService executor = Executors.newSingleThreadExecutor();

    @Test
    void everyKickEndsTheCallThatBlocks() throws Exception {
        SynchronousQueue<Integer> results = new SynchronousQueue<>();
        KickableThread blocked = executor.submit(KickableThread::prepareCurrent).get();
        Future<?> done = executor.submit(() -> {
            for (int i = 0; i < KICKS; i++) {
                results.put(epoll.await());
            }
            return null;
        });

        int interrupted = 0;
        while (interrupted < KICKS) {
            // A kick before the call has begun is lost by design: wait until the thread sleeps in the kernel.
            awaitSleeping();
            blocked.kick();
            assertEquals(0, results.take());
            interrupted++;
        }
        done.get();
        assertEquals(KICKS, interrupted);
    }

    @Test
    void aKickAfterTheEndDoesNothing() throws Exception {
        KickableThread ended = executor.submit(() -> {
                    KickableThread self = KickableThread.prepareCurrent();
                    self.end();
                    return self;
                })
                .get();
        executor.shutdown();
        assertTrue(executor.awaitTermination(10, TimeUnit.SECONDS));

        ended.kick();
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

    /** Returns when some thread of this process sleeps in epoll_wait on this test's set. */
    private static void awaitSleeping() throws IOException, InterruptedException, ExecutionException {
        while (!anyThreadInEpoll()) {
            Thread.onSpinWait();
        }
    }

    private static boolean anyThreadInEpoll() throws IOException {
        try (var tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                if (Files.readString(task.resolve("wchan")).contains("ep_poll")
                        || Files.readString(task.resolve("syscall")).startsWith(EPOLL_SYSCALL)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The number of epoll_wait, or of epoll_pwait where there is no epoll_wait, and the blank after it. */
    private static final String EPOLL_SYSCALL = System.getProperty("os.arch").equals("aarch64") ? "22 " : "232 ";
}
