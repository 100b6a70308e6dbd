package jinn.virtio.mmio;

import jinn.virtio.Feature;

/**
 * How a device's queues are served.
 *
 * @param offered what the server knows to do, as a mask of {@link Feature}
 * @param required which of these the driver has to accept, or it cannot use the device
 * @param elsewhere whether another process serves them, which raises the interrupt without the transport's knowledge
 */
public record QueueService(long offered, long required, boolean elsewhere) {

    /** Jinn's own queues. */
    public static final QueueService HERE =
            new QueueService(Feature.VERSION_1 | Feature.INDIRECT_DESC | Feature.EVENT_IDX, Feature.VERSION_1, false);

    /** Another process, which knows these features. */
    public static QueueService elsewhere(long features) {
        return new QueueService(features, Feature.VERSION_1, true);
    }

    /** Returns the same with more features that are offered and have to be accepted. */
    public QueueService requiring(long features) {
        return new QueueService(offered | features, required | features, elsewhere);
    }
}
