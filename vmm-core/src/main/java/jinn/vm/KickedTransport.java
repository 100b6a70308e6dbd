package jinn.vm;

import java.util.List;
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

    KickedTransport(MmioTransport transport, List<Doorbell> queueDoorbells) {
        this.transport = transport;
        this.queueDoorbells = queueDoorbells.toArray(Doorbell[]::new);
    }

    @Override
    public long read(long offset, int size) {
        return transport.read(offset, size);
    }

    @Override
    public void write(long offset, int size, long value) {
        boolean kick = offset == MmioTransport.QUEUE_NOTIFY_OFFSET && size == Integer.BYTES;
        if (kick && value < queueDoorbells.length) {
            queueDoorbells[(int) value].ringFromUserspace();
        } else {
            transport.write(offset, size, value);
        }
    }
}
