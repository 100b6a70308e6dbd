package jinn.virtio.mmio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import jinn.error.GuestFaultException;
import jinn.event.EventLoop;
import jinn.memory.GuestMemory;
import jinn.testing.FakeDriver;
import jinn.testing.FakeDriver.Buffer;
import jinn.testing.FakeMmioDriver;
import jinn.testing.GuestRam;
import jinn.testing.RecordingLine;
import jinn.virtio.DeviceContext;
import jinn.virtio.queue.DescriptorChain;
import jinn.virtio.queue.QueueStatistics;
import jinn.virtio.queue.VirtQueue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device whose two queues live on different loops, with the loops' real threads. */
@Timeout(60)
final class DeviceLoopsTest {

    private static final long FEATURES = FakeMmioDriver.VERSION_1 | FakeMmioDriver.INDIRECT_DESC;
    private static final long DATA = GuestRam.BASE + 0x8000;
    private static final int QUEUE_SIZE = 8;

    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> warnings = new ConcurrentLinkedQueue<>();

    @AutoClose
    private final EventLoop home = EventLoop.start("home", failures::add);

    @AutoClose
    private final EventLoop other = EventLoop.start("other", failures::add);

    private final GuestMemory memory = GuestRam.ofBytes(0x10000);
    private final FakeDevice device = new FakeDevice();
    private final MmioTransport transport =
            new MmioTransport(device, memory, new RecordingLine(), queue -> queue == 0 ? home : other, warnings::add);
    private final FakeMmioDriver driver = new FakeMmioDriver(transport);

    /** Gives every request back, and writes down who did what. */
    private static final class FakeDevice extends FakeTwoQueueDevice {

        final ConcurrentLinkedQueue<String> calls = new ConcurrentLinkedQueue<>();
        final DescriptorChain[] chains = new DescriptorChain[2];
        final AtomicInteger served = new AtomicInteger();
        volatile boolean strict;
        private DeviceContext context;

        @Override
        public void activate(DeviceContext newContext) {
            call("activate");
            context = newContext;
            for (int i = 0; i < chains.length; i++) {
                chains[i] = newContext.queue(i).newChain();
            }
        }

        @Override
        public void queueNotified(int queue) {
            call("queue " + queue);
            VirtQueue notified = context.queue(queue);
            if (notified.serve(chains[queue], this::serve)) {
                context.notifyLater(queue);
            }
            context.complete(notified);
        }

        private void serve(DescriptorChain chain) {
            if (strict) {
                throw new GuestFaultException("a request was not wanted");
            }
            served.incrementAndGet();
        }

        @Override
        public void pause() {
            call("pause");
        }

        @Override
        public void resume() {
            call("resume");
        }

        @Override
        public void reset() {
            call("reset");
            context = null;
        }

        private void call(String what) {
            calls.add(what + " on " + Thread.currentThread().getName());
        }

        List<String> takeCalls() {
            List<String> taken = new ArrayList<>(calls);
            calls.clear();
            return taken;
        }
    }

    private FakeDriver[] start() {
        memory.slice(GuestRam.BASE, 0x2000).fill((byte) 0);
        FakeDriver[] rings = {
            new FakeDriver(memory, GuestRam.BASE, QUEUE_SIZE),
            new FakeDriver(memory, GuestRam.BASE + 0x1000, QUEUE_SIZE)
        };
        driver.start(FEATURES, rings);
        passLoops();
        return rings;
    }

    /** Waits for what was posted, twice: the first may have posted to the second. */
    private void passLoops() {
        for (EventLoop loop : List.of(home, other, home)) {
            loop.executeAndWait(() -> {});
        }
    }

    @Test
    void eachQueueIsServedOnItsOwnLoopAndTheDeviceIsStartedAndResetAtHome() {
        start();
        assertEquals(List.of("activate on home", "queue 0 on home", "queue 1 on other"), device.takeCalls());
        driver.kick(1);
        driver.kick(0);
        passLoops();
        assertEquals(
                List.of("queue 0 on home", "queue 1 on other"),
                device.takeCalls().stream().sorted().toList());
        driver.setStatus(0);
        assertEquals(List.of("reset on home"), device.takeCalls());
        driver.kick(1);
        passLoops();
        assertEquals(List.of(), device.takeCalls());
        assertEquals(List.of(), List.copyOf(failures));
    }

    @Test
    void kicksInAPauseAreServedAfterIt() {
        FakeDriver[] rings = start();
        device.takeCalls();
        transport.pause();
        rings[0].add(Buffer.readable(DATA, 1));
        rings[1].add(Buffer.readable(DATA, 1));
        driver.kick(1);
        passLoops();
        assertEquals(List.of("pause on home"), device.takeCalls());

        transport.resume();
        passLoops();
        assertEquals(
                List.of("queue 0 on home", "queue 1 on other", "resume on home"),
                device.takeCalls().stream().sorted().toList());
        assertEquals(2, device.served.get());
    }

    @Test
    void aFaultOnOneLoopStopsTheQueuesOfAll() {
        FakeDriver[] rings = start();
        device.takeCalls();
        device.strict = true;
        rings[1].add(Buffer.readable(DATA, 1));
        driver.kick(1);
        passLoops();
        assertEquals(FakeMmioDriver.NEEDS_RESET, driver.status() & FakeMmioDriver.NEEDS_RESET);
        device.takeCalls();
        driver.kick(0);
        passLoops();
        assertEquals(List.of(), device.takeCalls());
        assertEquals(new QueueStatistics(2, 1, 0, 0, 1), transport.statistics().get(1));

        device.strict = false;
        FakeDriver[] again = start();
        again[0].add(Buffer.readable(DATA, 1));
        again[1].add(Buffer.readable(DATA, 1));
        driver.kick(0);
        driver.kick(1);
        passLoops();
        assertEquals(2, device.served.get());
    }

    /* Requests that the driver adds while others pause, resume and kick are all served, each once. */
    @Test
    void noRequestIsLostInHundredsOfPausesAndNoneIsServedInOne() throws InterruptedException {
        FakeDriver[] rings = start();
        int perQueue = 5_000;
        Thread[] drivers = new Thread[2];
        for (int i = 0; i < drivers.length; i++) {
            int queue = i;
            drivers[i] = Thread.ofPlatform().start(() -> {
                for (int n = 0; n < perQueue; n++) {
                    // A loop may wait for this CPU: there are more threads here than a small machine has.
                    while (n >= QUEUE_SIZE && rings[queue].takeUsed().isEmpty()) {
                        LockSupport.parkNanos(1);
                    }
                    rings[queue].add(Buffer.readable(DATA, 1));
                    driver.kick(queue);
                }
            });
        }
        int pauses = 0;
        while (drivers[0].isAlive() || drivers[1].isAlive()) {
            transport.pause();
            int held = device.served.get();
            Thread.onSpinWait();
            assertEquals(held, device.served.get(), "a request was served in a pause");
            transport.resume();
            pauses++;
        }
        for (Thread thread : drivers) {
            thread.join();
        }
        passLoops();

        assertEquals(2 * perQueue, device.served.get());
        assertTrue(pauses > 100, pauses + " pauses");
        assertEquals(perQueue, transport.statistics().get(0).requests());
        assertEquals(List.of(), List.copyOf(failures));
        assertEquals(List.of(), List.copyOf(warnings));
    }
}
