package jinn.event;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import jinn.posix.EventFd;

/**
 * Measures the way from one thread's write to an eventfd to the handler on the loop's thread, for a loop that sleeps and
 * one that looks first, in turns, so that what else the machine does meets both. {@code make bench-loop} runs it.
 */
public final class LoopBench {

    private static final int WARM_UP_ROUNDS = 3;
    private static final int ROUNDS = 15;
    private static final int SIGNALS = 5_000;
    private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(1000);

    private final EventFd eventFd = EventFd.create("the benchmark");
    private final AtomicLong seen = new AtomicLong();

    private LoopBench() {}

    /** Prints a line for each loop, and their ratio. */
    public static void main(String[] arguments) {
        new LoopBench().run();
    }

    private void run() {
        try (eventFd;
                EventLoop sleeping = EventLoop.start("sleeping", LoopBench::fail);
                EventLoop polling = EventLoop.start("polling", POLL_NANOS, LoopBench::fail)) {
            double[] slept = new double[ROUNDS];
            double[] polled = new double[ROUNDS];
            for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
                double withoutPolling = nanosPerSignal(sleeping);
                double withPolling = nanosPerSignal(polling);
                if (round >= 0) {
                    slept[round] = withoutPolling;
                    polled[round] = withPolling;
                }
            }
            double without = median(slept);
            double with = median(polled);
            System.out.printf("eventfd to handler, loop sleeps      %8.0f ns%n", without);
            System.out.printf("eventfd to handler, loop looks first %8.0f ns%n", with);
            System.out.printf("ratio                                %8.2f%n", without / with);
        }
    }

    private double nanosPerSignal(EventLoop loop) {
        seen.set(0);
        try (Registration registration = loop.register(eventFd.descriptor(), () -> seen.addAndGet(eventFd.drain()))) {
            assert registration.key() >= 0;
            long start = System.nanoTime();
            for (long signal = 1; signal <= SIGNALS; signal++) {
                eventFd.signal();
                while (seen.get() < signal) {
                    Thread.onSpinWait();
                }
            }
            return (double) (System.nanoTime() - start) / SIGNALS;
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void fail(Throwable failure) {
        throw new IllegalStateException("the loop failed", failure);
    }
}
