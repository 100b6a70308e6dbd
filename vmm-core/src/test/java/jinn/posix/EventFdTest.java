package jinn.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

final class EventFdTest {

    @AutoClose
    private final EventFd eventFd = EventFd.create("a test");

    @Test
    void drainGivesTheSignalsSinceTheLastOne() {
        eventFd.signal();
        eventFd.signal();
        eventFd.signal();

        assertEquals(3, eventFd.drain());
    }

    @Test
    void drainingWithoutASignalGivesZeroAndDoesNotBlock() {
        assertEquals(0, eventFd.drain());
        eventFd.signal();
        assertEquals(1, eventFd.drain());
        assertEquals(0, eventFd.drain());
    }

    @Test
    void signalsFromManyThreadsAllCount() throws InterruptedException {
        Thread[] threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Thread.ofPlatform().start(() -> {
                for (int signal = 0; signal < 1000; signal++) {
                    eventFd.signal();
                }
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertEquals(8000, eventFd.drain());
    }
}
