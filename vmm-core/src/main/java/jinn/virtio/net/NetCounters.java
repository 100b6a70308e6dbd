package jinn.virtio.net;

import java.util.concurrent.atomic.AtomicLong;

/** Counts what one queue does. The queue's thread adds, any thread reads. */
final class NetCounters {

    private final AtomicLong frames = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();

    void addFrame(long frameBytes) {
        add(frames, 1);
        add(bytes, frameBytes);
    }

    void addDropped() {
        add(dropped, 1);
    }

    NetStatistics.Direction read() {
        return new NetStatistics.Direction(frames.get(), bytes.get(), dropped.get());
    }

    /* One thread adds: an ordered store is enough, and cheaper than an atomic addition. */
    private static void add(AtomicLong counter, long amount) {
        counter.lazySet(counter.getPlain() + amount);
    }
}
