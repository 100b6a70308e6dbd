package jinn.virtio.mmio;

import java.util.concurrent.atomic.AtomicLong;
import jinn.virtio.queue.QueueStatistics;

/** What has happened on one queue. Counted on the thread of its loop only, so nothing is locked; read by any. */
final class QueueCounters {

    private final AtomicLong batches = new AtomicLong();
    private final AtomicLong interrupts = new AtomicLong();
    private final AtomicLong suppressedInterrupts = new AtomicLong();
    private final AtomicLong errors = new AtomicLong();

    void countBatch() {
        increment(batches);
    }

    /** The driver was shown used requests, and wanted an interrupt or not. */
    void countCompletion(boolean interrupted) {
        increment(interrupted ? interrupts : suppressedInterrupts);
    }

    void countError() {
        increment(errors);
    }

    /* One thread writes: this is no locked instruction. */
    private static void increment(AtomicLong counter) {
        counter.setRelease(counter.getPlain() + 1);
    }

    QueueStatistics statistics(long requests) {
        return new QueueStatistics(batches.get(), requests, interrupts.get(), suppressedInterrupts.get(), errors.get());
    }
}
