package jinn.virtio.device;

import jinn.error.GuestFaultException;
import jinn.virtio.DeviceContext;
import jinn.virtio.DeviceType;
import jinn.virtio.VirtioDevice;
import jinn.virtio.queue.ChainHandler;
import jinn.virtio.queue.DescriptorChain;
import jinn.virtio.queue.VirtQueue;

/** The entropy device (virtio 1.2 section 5.4): one queue, each request is filled with random bytes. */
public final class Rng implements VirtioDevice {

    private static final int REQUEST_QUEUE = 0;
    private static final int QUEUE_SIZE = 64;

    /** Most bytes for one request; the device may give fewer than asked (section 5.4.6), and Linux asks for 64. */
    private static final int MAXIMUM_REQUEST_BYTES = 4096;

    private final String name;
    private final EntropySource source;
    private final byte[] random = new byte[MAXIMUM_REQUEST_BYTES];
    private final ChainHandler handler = this::fill;

    /* Loop thread. */
    private DeviceContext context;
    private DescriptorChain chain;

    /** Makes an entropy device called {@code rng}. */
    public Rng(EntropySource source) {
        this("rng", source);
    }

    /** Makes an entropy device with a name for messages. */
    public Rng(String name, EntropySource source) {
        this.name = name;
        this.source = source;
    }

    @Override
    public DeviceType type() {
        return DeviceType.ENTROPY;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int queueCount() {
        return 1;
    }

    @Override
    public int maximumQueueSize() {
        return QUEUE_SIZE;
    }

    @Override
    public void activate(DeviceContext newContext) {
        context = newContext;
        chain = newContext.queue(REQUEST_QUEUE).newChain();
    }

    @Override
    public void queueNotified(int queue) {
        VirtQueue requests = context.queue(REQUEST_QUEUE);
        boolean more = requests.serve(chain, handler);
        context.complete(requests);
        if (more) {
            context.notifyLater(REQUEST_QUEUE);
        }
    }

    private void fill(DescriptorChain request) {
        if (request.readableBytes() != 0) {
            throw new GuestFaultException("entropy request has " + request.readableBytes() + " readable bytes");
        }
        int length = (int) Math.min(request.writableBytes(), random.length);
        source.fill(random, 0, length);
        request.write(random, 0, length);
    }

    @Override
    public void reset() {
        context = null;
        chain = null;
    }
}
