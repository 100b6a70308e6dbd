package jinn.vhostuser;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jinn.error.DeviceFailureException;
import jinn.error.HostException;
import jinn.error.VmmException;
import jinn.event.EventLoop;
import jinn.event.Registration;
import jinn.posix.EventFd;
import jinn.posix.FileDescriptor;
import jinn.virtio.DeviceContext;
import jinn.virtio.DeviceType;
import jinn.virtio.Feature;
import jinn.virtio.VirtioDevice;
import jinn.virtio.queue.VirtQueue;

/**
 * A virtio device whose queues a back-end in another process serves.
 *
 * <p>Between {@link #activate} and {@link #reset} the back-end owns the rings, reads the eventfds of {@link #kick} and
 * writes to that of the interrupt. Jinn only rings for stores that the kernel did not deliver. A back-end that ends costs
 * the guest the device until the driver resets it; then Jinn connects again.
 */
public final class VhostUserDevice implements VirtioDevice, AutoCloseable {

    private static final int MAXIMUM_QUEUE_SIZE = 1024;

    /** Bits that belong to the kind of device (virtio 1.2 section 2.2). */
    private static final long DEVICE_FEATURES = (1L << 24) - 1;

    private static final long QUEUE_FEATURES = Feature.VERSION_1 | Feature.INDIRECT_DESC | Feature.EVENT_IDX;

    private final String name;
    private final DeviceType type;
    private final Connector connector;
    private final SharedMemory memory;
    private final FileDescriptor interrupt;
    private final EventLoop loop;
    private final long offered;
    private final List<EventFd> kicks;

    /** Replaced, never changed: any vCPU's thread reads it. */
    private volatile byte[] config;

    /* Owned by the loop's thread. */
    private Backend backend;
    private Registration watch;
    private DeviceContext context;
    private final boolean[] started;

    /** Why there is no back-end; empty while there is one. */
    private String end = "";

    /**
     * Connects and asks the back-end what it can do.
     *
     * @param connector called now, and on the loop's thread when the driver starts the device after its back-end's end
     * @param memory stays mapped until {@link #close}
     * @param interrupt an eventfd; stays the caller's, who closes it after this device
     * @param loop runs what the {@link VirtioDevice} contract gives to the queues' thread
     * @throws VmmException of one line when there is no such back-end
     */
    public VhostUserDevice(
            String name,
            Shape shape,
            Connector connector,
            SharedMemory memory,
            FileDescriptor interrupt,
            EventLoop loop) {
        this.name = name;
        this.type = shape.type();
        this.connector = connector;
        this.memory = memory;
        this.interrupt = interrupt;
        this.loop = loop;
        this.backend = introduce();
        try {
            offered = backend.features() & (DEVICE_FEATURES | QUEUE_FEATURES);
            int possible = backend.queueCount(shape.queues());
            if (possible < shape.queues()) {
                throw new HostException("the back-end serves " + possible + " queues, not " + shape.queues());
            }
            config = shape.config().orElseGet(() -> backend.readConfig(0, shape.configBytes()));
            kicks = IntStream.range(0, shape.queues())
                    .mapToObj(queue -> EventFd.create(name + "/" + queue))
                    .toList();
            started = new boolean[shape.queues()];
            watch = loop.register(backend.socket(), this::lookAtConnection);
        } catch (VmmException e) {
            backend.close();
            throw new HostException(name + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            backend.close();
            throw e;
        }
    }

    private Backend introduce() {
        try {
            return new Backend(new BackendChannel(connector.connect()));
        } catch (VmmException e) {
            throw new HostException(name + ": " + e.getMessage(), e);
        }
    }

    /** Returns the eventfd that the back-end reads for a queue; for the driver to signal. */
    public EventFd kick(int queue) {
        return kicks.get(queue);
    }

    @Override
    public DeviceType type() {
        return type;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int queueCount() {
        return kicks.size();
    }

    @Override
    public int maximumQueueSize() {
        return MAXIMUM_QUEUE_SIZE;
    }

    @Override
    public long features() {
        return offered & DEVICE_FEATURES;
    }

    /** Returns which of the features of queues the back-end knows, instead of those that Jinn's own queues have. */
    public long queueFeatures() {
        return offered & QUEUE_FEATURES;
    }

    @Override
    public long readConfig(int offset, int size) {
        byte[] bytes = config;
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            int at = offset + i;
            value = (value << Byte.SIZE) | (at < bytes.length ? bytes[at] & 0xff : 0);
        }
        return value;
    }

    @Override
    public void writeConfig(int offset, int size, long value) {
        byte[] written = new byte[size];
        for (int i = 0; i < size; i++) {
            written[i] = (byte) (value >>> (i * Byte.SIZE));
        }
        loop.executeAndWait(() -> passOn(offset, written));
    }

    private void passOn(int offset, byte[] written) {
        byte[] changed = config.clone();
        if (!end.isEmpty() || !backend.hasConfig() || offset + written.length > changed.length) {
            return;
        }
        try {
            backend.writeConfig(offset, written);
            System.arraycopy(written, 0, changed, offset, written.length);
            config = changed;
        } catch (VmmException e) {
            disconnect(e.getMessage());
        }
    }

    @Override
    public void activate(DeviceContext newContext) {
        context = newContext;
        try {
            if (!end.isEmpty()) {
                reconnect();
            }
            backend.begin(negotiated(), memory);
            for (int queue = 0; queue < started.length; queue++) {
                start(queue, newContext.queue(queue));
            }
        } catch (VmmException e) {
            disconnect(e.getMessage());
        }
    }

    private void start(int index, VirtQueue queue) {
        if (queue.isReady()) {
            backend.startQueue(index, queue.layout(), kicks.get(index).descriptor(), interrupt);
            started[index] = true;
        }
    }

    private long negotiated() {
        return IntStream.range(0, Long.SIZE)
                .mapToLong(bit -> 1L << bit)
                .filter(mask -> (offered & mask) != 0 && context.hasFeature(mask))
                .sum();
    }

    private void reconnect() {
        Backend fresh = introduce();
        if ((fresh.features() & offered) != offered || fresh.queueCount(kicks.size()) < kicks.size()) {
            fresh.close();
            throw new HostException("the new back-end can do less than the one before");
        }
        backend = fresh;
        watch = loop.register(backend.socket(), this::lookAtConnection);
        end = "";
    }

    /** The driver kicked, and the kernel did not deliver it; or there is news of the back-end. */
    @Override
    public void queueNotified(int queue) {
        if (!end.isEmpty()) {
            throw new DeviceFailureException(end, null);
        }
        kicks.get(queue).signal();
    }

    @Override
    public void reset() {
        try {
            for (int queue = 0; queue < started.length; queue++) {
                if (started[queue] && end.isEmpty()) {
                    backend.stopQueue(queue);
                }
            }
        } catch (VmmException e) {
            disconnect(e.getMessage());
        }
        Arrays.fill(started, false);
        context = null;
    }

    /* All requests wait for their answers, so nothing that comes between two of them is asked for. */
    private void lookAtConnection() {
        disconnect(backend.hasEnded() ? "the back-end has ended" : "the back-end says something that nobody asked for");
    }

    private void disconnect(String reason) {
        if (!end.isEmpty()) {
            return;
        }
        end = reason;
        watch.close();
        backend.close();
        if (context != null) {
            context.notifyLater(0);
        }
    }

    /** Ends the connection. The device must have been reset. */
    @Override
    public void close() {
        loop.executeAndWait(() -> disconnect("the VM ends"));
        kicks.forEach(EventFd::close);
    }
}
