package jinn.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import jinn.event.EventLoop;
import jinn.memory.GuestMemory;
import jinn.posix.EventFd;
import jinn.testing.FakeDriver;
import jinn.testing.FakeDriver.Buffer;
import jinn.testing.GuestRam;
import jinn.virtio.queue.DescriptorChain;
import jinn.virtio.queue.VirtQueue;

/**
 * Times code of Jinn and the same in C, in one process and in turn, so that both meet the same machine, its other load
 * included. A benchmark framework would run one after the other, and know nothing of C.
 *
 * <p>Each figure is the best of many rounds: whatever else the machine does only adds to a round.
 */
public final class CodeBesideC {

    private static final int ROUNDS = 3000;
    private static final int QUEUE_SIZE = 256;
    private static final long RAM_BYTES = 1 << 20;
    private static final long DATA = GuestRam.BASE + 0x10000;

    /* A round takes some 100 us, so that many rounds are not interrupted even on a busy machine. */
    private static final long QUEUES_FULL = 20;
    private static final long SIGNALS = 100;

    private final MethodHandle ringRun;
    private final MethodHandle eventLoopRun;

    @SuppressWarnings("restricted")
    private CodeBesideC(Path library) {
        Linker linker = Linker.nativeLinker();
        SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
        ringRun = linker.downcallHandle(
                symbols.find("ring_run").orElseThrow(),
                FunctionDescriptor.of(
                        JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT,
                        JAVA_LONG));
        eventLoopRun = linker.downcallHandle(
                symbols.find("event_loop_run").orElseThrow(), FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
    }

    /** Something to time. */
    private interface Work {

        /** Does it many times and returns how many ns one took. */
        double run() throws Throwable;
    }

    /**
     * Prints a line for each measurement: name, ns in Java, ns in C, ratio.
     *
     * @param arguments the library made of src/bench/c
     */
    public static void main(String[] arguments) throws Throwable {
        CodeBesideC bench = new CodeBesideC(Path.of(arguments[0]));
        bench.ring();
        bench.eventLoop();
    }

    private static void compare(String name, Work java, Work c) throws Throwable {
        double bestOfJava = Double.MAX_VALUE;
        double bestOfC = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            bestOfJava = Math.min(bestOfJava, java.run());
            bestOfC = Math.min(bestOfC, c.run());
        }
        System.out.printf(Locale.ROOT, "bench %s %.1f %.1f %.2f%n", name, bestOfJava, bestOfC, bestOfJava / bestOfC);
    }

    /** Pop and addUsed of a chain of three descriptors; a queue full is shown to the driver together. */
    private void ring() throws Throwable {
        GuestMemory.Region region = GuestRam.region(GuestRam.BASE, RAM_BYTES);
        GuestMemory memory = new GuestMemory(List.of(region));
        FakeDriver driver = new FakeDriver(memory, GuestRam.BASE, QUEUE_SIZE);
        driver.add(Buffer.readable(DATA, 16), Buffer.writable(DATA + 0x1000, 4096), Buffer.writable(DATA + 0x100, 1));
        for (int i = 0; i < QUEUE_SIZE; i++) {
            driver.offer(0);
        }
        VirtQueue queue = new VirtQueue(0, QUEUE_SIZE, memory);
        compare("ring-of-3-descriptors", () -> runRing(queue, driver, memory), () -> {
            long start = System.nanoTime();
            long requests = (long) ringRun.invokeExact(
                    region.host(),
                    GuestRam.BASE,
                    RAM_BYTES,
                    driver.layout().descriptorTable(),
                    driver.layout().availRing(),
                    driver.layout().usedRing(),
                    QUEUE_SIZE,
                    QUEUES_FULL);
            return perRequest(start, requests);
        });
    }

    private static double perRequest(long startNs, long requests) {
        if (requests != QUEUE_SIZE * QUEUES_FULL) {
            throw new IllegalStateException(requests + " requests instead of " + QUEUE_SIZE * QUEUES_FULL);
        }
        return (double) (System.nanoTime() - startNs) / requests;
    }

    private static double runRing(VirtQueue queue, FakeDriver driver, GuestMemory memory) {
        long start = System.nanoTime();
        memory.releaseU16(driver.layout().availRing() + 2, 0);
        queue.enable(driver.layout(), true, false);
        DescriptorChain chain = queue.newChain();
        long requests = 0;
        for (long round = 1; round <= QUEUES_FULL; round++) {
            memory.releaseU16(driver.layout().availRing() + 2, (int) (round * QUEUE_SIZE) & 0xffff);
            while (queue.pop(chain)) {
                queue.addUsed(chain);
                requests++;
            }
            queue.publish();
        }
        return perRequest(start, requests);
    }

    /** From an eventfd's signal through epoll to its handler, which signals it again. */
    private void eventLoop() throws Throwable {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (EventLoop loop = EventLoop.start("bench", failure::set);
                EventFd doorbell = EventFd.create("the benchmark")) {
            Echo echo = new Echo(doorbell);
            loop.register(doorbell.descriptor(), echo::ready);
            compare("event-loop", echo::run, () -> {
                long ns = (long) eventLoopRun.invokeExact(SIGNALS);
                if (ns < 0) {
                    throw new IllegalStateException("the loop in C has failed");
                }
                return (double) ns / SIGNALS;
            });
        }
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    /** A handler that signals its own eventfd until it has done so often enough. */
    private static final class Echo {

        private final EventFd doorbell;
        private volatile CountDownLatch done = new CountDownLatch(0);
        private long left;
        private long firstNs;
        private long lastNs;

        Echo(EventFd doorbell) {
            this.doorbell = doorbell;
        }

        double run() throws InterruptedException {
            left = SIGNALS;
            firstNs = 0;
            done = new CountDownLatch(1);
            doorbell.signal();
            done.await();
            return (double) (lastNs - firstNs) / SIGNALS;
        }

        void ready() {
            doorbell.drain();
            if (firstNs == 0) {
                firstNs = System.nanoTime();
            }
            if (left > 0) {
                left--;
                doorbell.signal();
                return;
            }
            lastNs = System.nanoTime();
            done.countDown();
        }
    }
}
