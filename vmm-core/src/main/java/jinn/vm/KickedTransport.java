package jinn.vm;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import jinn.bus.MmioDevice;
import jinn.doorbell.delivery.Doorbell;
import jinn.virtio.mmio.MmioTransport;

/**
 * A virtio transport on the bus, whose kicks ring the queues' doorbells.
 *
 * <p>A kick that the driver did not deliver arrives here as a store to QueueNotify. It takes the doorbell's way to the
 * loop, so it is counted like any other ring and reaches the same handler.
 */
final class KickedTransport implements MmioDevice {

    private final MmioTransport transport;
    private final Doorbell[] queueDoorbells;
    private final LongAdder statusReads = new LongAdder();
    private final LongAdder acknowledgements = new LongAdder();

    KickedTransport(MmioTransport transport, List<Doorbell> queueDoorbells) {
        this.transport = transport;
        this.queueDoorbells = queueDoorbells.toArray(Doorbell[]::new);
    }

    @Override
    public long read(long offset, int size) {
        if (offset == MmioTransport.INTERRUPT_STATUS_OFFSET) {
            statusReads.increment();
        }
        return transport.read(offset, size);
    }

    @Override
    public void write(long offset, int size, long value) {
        boolean kick = offset == MmioTransport.QUEUE_NOTIFY_OFFSET && size == Integer.BYTES;
        if (kick && value < queueDoorbells.length) {
            queueDoorbells[(int) value].ringFromUserspace();
        } else {
            if (offset == MmioTransport.INTERRUPT_ACK_OFFSET) {
                acknowledgements.increment();
            }
            transport.write(offset, size, value);
        }
    }

    /** Returns how many reads of InterruptStatus have come here. Any thread. */
    long statusReads() {
        return statusReads.sum();
    }

    /** Returns how many writes of InterruptACK have come here. Any thread. */
    long acknowledgements() {
        return acknowledgements.sum();
    }
}
