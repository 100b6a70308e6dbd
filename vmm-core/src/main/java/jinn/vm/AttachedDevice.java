package jinn.vm;

import java.util.ArrayList;
import java.util.List;
import jinn.doorbell.DoorbellStatus;
import jinn.doorbell.delivery.Doorbell;
import jinn.virtio.mmio.MmioTransport;
import jinn.virtio.queue.QueueStatistics;

/**
 * A virtio device that the guest can reach.
 *
 * @param doorbells those of its queues, by the queues' numbers
 */
record AttachedDevice(MmioTransport transport, List<Doorbell> doorbells) {

    AttachedDevice {
        doorbells = List.copyOf(doorbells);
    }

    /** Returns what has happened on each queue so far. Any thread. */
    List<QueueStatus> queues() {
        List<QueueStatistics> statistics = transport.statistics();
        List<QueueStatus> queues = new ArrayList<>();
        for (int i = 0; i < statistics.size(); i++) {
            queues.add(status(doorbells.get(i).status(), statistics.get(i)));
        }
        return queues;
    }

    private static QueueStatus status(DoorbellStatus doorbell, QueueStatistics queue) {
        return new QueueStatus(
                doorbell.name(),
                doorbell.kernelRings(),
                doorbell.userspaceRings(),
                queue.batches(),
                queue.requests(),
                queue.interrupts(),
                queue.suppressedInterrupts(),
                queue.errors());
    }
}
