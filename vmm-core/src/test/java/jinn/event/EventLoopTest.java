package jinn.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jinn.posix.EventFd;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class EventLoopTest {

    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

    @AutoClose
    private final EventFd eventFd = EventFd.create("a test");

    @AutoClose
    private final EventLoop loop = EventLoop.start("test-loop", failures::add);

    @Test
    void aSignalledDescriptorCallsItsHandlerOnTheLoopsThread() throws InterruptedException {
        BlockingQueue<String> calls = new LinkedBlockingQueue<>();
        loop.register(eventFd.descriptor(), () -> {
            eventFd.drain();
            calls.add(Thread.currentThread().getName());
        });
        eventFd.signal();

        assertEquals("test-loop", calls.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void tasksRunInTheOrderOfTheirPosting() {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            int number = i;
            loop.execute(() -> order.add(number));
        }
        loop.executeAndWait(() -> {});

        assertEquals(1000, order.size());
        assertEquals(order.stream().sorted().toList(), order);
    }

    @Test
    void noTaskOfManyThreadsIsLost() throws InterruptedException {
        AtomicInteger count = new AtomicInteger();
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Thread.ofPlatform().start(() -> {
                for (int task = 0; task < 5000; task++) {
                    loop.execute(count::incrementAndGet);
                }
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        loop.executeAndWait(() -> {});

        assertEquals(20000, count.get());
    }

    @Test
    void waitingFromTheLoopItselfRunsInPlace() {
        List<String> order = new ArrayList<>();
        loop.executeAndWait(() -> {
            order.add("before");
            loop.executeAndWait(() -> order.add("inside"));
            order.add("after");
        });

        assertEquals(List.of("before", "inside", "after"), order);
    }

    @Test
    void aTaskThatIsWaitedForThrowsToTheWaiter() {
        IllegalStateException thrown = new IllegalStateException("on purpose");

        assertSame(
                thrown,
                assertThrows(
                        IllegalStateException.class,
                        () -> loop.executeAndWait(() -> {
                            throw thrown;
                        })));
        assertTrue(failures.isEmpty());
    }

    @Test
    void aHandlerThatThrowsIsReportedAndTheLoopGoesOn() throws InterruptedException {
        IllegalStateException thrown = new IllegalStateException("on purpose");
        loop.register(eventFd.descriptor(), () -> {
            eventFd.drain();
            throw thrown;
        });
        eventFd.signal();

        assertSame(thrown, failures.poll(10, TimeUnit.SECONDS));
        AtomicInteger count = new AtomicInteger();
        loop.executeAndWait(count::incrementAndGet);
        assertEquals(1, count.get());
    }

    @Test
    void afterARegistrationIsClosedItsHandlerIsSilent() {
        AtomicInteger calls = new AtomicInteger();
        Registration registration = loop.register(eventFd.descriptor(), calls::incrementAndGet);
        eventFd.signal();
        registration.close();
        int before = calls.get();
        loop.executeAndWait(() -> {});
        eventFd.signal();
        loop.executeAndWait(() -> {});
        registration.close();

        assertEquals(before, calls.get());
    }

    @Test
    void anEventOfAClosedRegistrationDoesNotReachItsSuccessor() throws InterruptedException {
        // Both are ready in one batch; the first handler closes the second and takes its descriptor again.
        EventFd other = EventFd.create("the other");
        AtomicInteger wrong = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(2);
        try {
            loop.executeAndWait(() -> {
                Registration[] registrations = new Registration[2];
                EventFd[] fds = {eventFd, other};
                for (int i = 0; i < 2; i++) {
                    int self = i;
                    registrations[i] = loop.register(fds[i].descriptor(), () -> {
                        fds[self].drain();
                        registrations[1 - self].close();
                        fds[1 - self].drain();
                        registrations[1 - self] = loop.register(fds[1 - self].descriptor(), wrong::incrementAndGet);
                        done.countDown();
                        loop.execute(done::countDown);
                    });
                    fds[i].signal();
                }
            });
            assertTrue(done.await(10, TimeUnit.SECONDS));
            loop.executeAndWait(() -> {});
            assertEquals(0, wrong.get());
        } finally {
            loop.close();
            other.close();
        }
    }

    @Test
    void closingRunsWhatWasPostedAndEndsTheThread() {
        AtomicInteger count = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            loop.execute(count::incrementAndGet);
        }
        loop.close();
        loop.close();

        assertEquals(100, count.get());
        assertThrows(IllegalStateException.class, () -> loop.execute(count::incrementAndGet));
        assertFalse(Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("test-loop")));
    }

    @Test
    void closingAlsoRunsWhatTheLastTasksPost() throws InterruptedException {
        AtomicInteger count = new AtomicInteger();
        CountDownLatch closeIsPosted = new CountDownLatch(1);
        loop.execute(() -> awaitUninterruptibly(closeIsPosted));
        loop.execute(() -> loop.execute(count::incrementAndGet));
        Thread closer = Thread.ofPlatform().start(loop::close);
        while (closer.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        closeIsPosted.countDown();
        closer.join();

        assertEquals(1, count.get());
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void onlyTheLoopsThreadIsTheOwner() {
        assertFalse(loop.isOwner());
        assertThrows(IllegalStateException.class, loop::assertOwner);
        loop.executeAndWait(() -> {
            loop.assertOwner();
            assertTrue(loop.isOwner());
        });
    }

    @Test
    void moreRegistrationsThanOneEpollBatchAreAllServed() throws InterruptedException {
        int count = 200;
        CountDownLatch served = new CountDownLatch(count);
        List<EventFd> fds = new ArrayList<>();
        List<Registration> registrations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            EventFd fd = EventFd.create("number " + i);
            fds.add(fd);
            registrations.add(loop.register(fd.descriptor(), () -> {
                if (fd.drain() == 1) {
                    served.countDown();
                }
            }));
        }
        fds.forEach(EventFd::signal);

        assertTrue(served.await(10, TimeUnit.SECONDS));
        registrations.forEach(Registration::close);
        fds.forEach(EventFd::close);
    }

    /* Bursts and silences in turn: the window closes and opens, and no event or task is missed on the way. */
    @Test
    void aLoopThatLooksBeforeItSleepsMissesNothing() throws InterruptedException {
        BlockingQueue<Long> drained = new LinkedBlockingQueue<>();
        try (EventLoop polling = EventLoop.start("polling", TimeUnit.MICROSECONDS.toNanos(200), failures::add)) {
            polling.register(eventFd.descriptor(), () -> drained.add(eventFd.drain()));
            long sent = 0;
            long seen = 0;
            for (int round = 0; round < 2000; round++) {
                eventFd.signal();
                sent++;
                if (round % 3 == 0) {
                    seen += drained.poll(10, TimeUnit.SECONDS);
                }
                if (round % 100 == 0) {
                    TimeUnit.MILLISECONDS.sleep(2);
                    AtomicInteger ran = new AtomicInteger();
                    polling.executeAndWait(ran::incrementAndGet);
                    assertEquals(1, ran.get());
                }
            }
            while (seen < sent) {
                seen += drained.poll(10, TimeUnit.SECONDS);
            }
            assertEquals(sent, seen);
        }
        assertTrue(failures.isEmpty(), failures::toString);
    }
}
