package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class StopAtExitTest {

    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofHours(1);

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    /** Does what the JVM's end does. */
    private void startHook(StopAtExit stop) {
        Thread.ofVirtual().start(() -> {
            stop.stop(stopped::countDown);
            ended.countDown();
        });
    }

    @Test
    void endsWithoutAVmThatIsNotReleased() throws InterruptedException {
        try (StopAtExit stop = new StopAtExit(SHORT, LONG)) {
            startHook(stop);
            assertTrue(ended.await(1, TimeUnit.MINUTES));
            assertTrue(stopped.await(0, TimeUnit.SECONDS));
        }
    }

    @Test
    void waitsForTheReportLongerThanForTheVm() throws InterruptedException {
        try (StopAtExit stop = new StopAtExit(SHORT, LONG)) {
            stop.released();
            startHook(stop);
            assertFalse(ended.await(SHORT.multipliedBy(6).toMillis(), TimeUnit.MILLISECONDS));
        }
        assertTrue(ended.await(1, TimeUnit.MINUTES));
    }

    @Test
    void endsWithoutAReportThatIsNeverWritten() throws InterruptedException {
        try (StopAtExit stop = new StopAtExit(LONG, SHORT)) {
            stop.released();
            startHook(stop);
            assertTrue(ended.await(1, TimeUnit.MINUTES));
        }
    }
}
