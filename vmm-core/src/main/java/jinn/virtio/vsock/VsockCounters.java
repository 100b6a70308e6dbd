package jinn.virtio.vsock;

import java.util.concurrent.atomic.AtomicLong;

/** Counts what a device does. The queues' thread adds, any thread reads. */
final class VsockCounters {

    final AtomicLong connections = new AtomicLong();
    final AtomicLong opened = new AtomicLong();
    final AtomicLong refused = new AtomicLong();
    final AtomicLong bytesToGuest = new AtomicLong();
    final AtomicLong bytesToHost = new AtomicLong();
    final AtomicLong dropped = new AtomicLong();

    /** One thread adds: an ordered store is enough. */
    static void add(AtomicLong counter, long amount) {
        counter.lazySet(counter.getPlain() + amount);
    }

    VsockStatistics read() {
        return new VsockStatistics(
                connections.get(), opened.get(), refused.get(), bytesToGuest.get(), bytesToHost.get(), dropped.get());
    }
}
