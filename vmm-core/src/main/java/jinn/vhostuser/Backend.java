package jinn.vhostuser;

import java.nio.ByteBuffer;
import java.util.List;
import jinn.error.HostException;
import jinn.memory.GuestMemory;
import jinn.posix.FileDescriptor;
import jinn.virtio.queue.QueueLayout;

/**
 * What Jinn asks of a back-end, step by step: introduce, start queues, stop them.
 *
 * <p>The back-end sees guest memory through its own mapping of the memfd; addresses in requests are guest-physical, since
 * the table says that user-space addresses are the same.
 */
final class Backend implements AutoCloseable {

    private static final long PROTOCOL_FEATURES = 1L << 30;

    private static final long MQ = 1;
    private static final long REPLY_ACK = 1L << 3;
    private static final long CONFIG = 1L << 9;
    private static final long WANTED = MQ | REPLY_ACK | CONFIG;

    private static final int VRING_ADDRESS_BYTES = 40;
    private static final int VRING_STATE_BYTES = 8;
    private static final int CONFIG_HEADER_BYTES = 12;
    private static final int REGION_BYTES = 32;

    /** Set in SET_CONFIG for writes of the driver; 0 is what a back-end expects of them. */
    private static final int CONFIG_BY_DRIVER = 0;

    private final BackendChannel channel;
    private final long features;
    private final long protocolFeatures;

    /** Introduces Jinn on a new connection, which is closed when that fails. */
    Backend(BackendChannel channel) {
        this.channel = channel;
        try {
            channel.tell(Request.SET_OWNER, BackendChannel.payload(0), List.of());
            features = channel.ask(Request.GET_FEATURES);
            if ((features & PROTOCOL_FEATURES) == 0) {
                throw new HostException("the back-end is too old: it has no protocol features");
            }
            protocolFeatures = channel.ask(Request.GET_PROTOCOL_FEATURES) & WANTED;
            channel.tell(Request.SET_PROTOCOL_FEATURES, protocolFeatures);
            if ((protocolFeatures & REPLY_ACK) != 0) {
                channel.acknowledge();
            }
        } catch (RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Returns whether the other end is closed. Takes what it has sent, so only for the time between two requests. */
    boolean hasEnded() {
        return channel.hasEnded();
    }

    FileDescriptor socket() {
        return channel.socket();
    }

    /** Returns the virtio feature bits that the back-end offers. */
    long features() {
        return features & ~PROTOCOL_FEATURES;
    }

    /** Returns how many queues the back-end can serve, or {@code otherwise} when it does not say. */
    int queueCount(int otherwise) {
        return (protocolFeatures & MQ) == 0 ? otherwise : (int) Math.min(channel.ask(Request.GET_QUEUE_NUM), 256);
    }

    boolean hasConfig() {
        return (protocolFeatures & CONFIG) != 0;
    }

    /**
     * Reads bytes of the configuration space.
     *
     * @throws HostException when the back-end has no such request, or fewer bytes
     */
    byte[] readConfig(int offset, int bytes) {
        if (bytes == 0) {
            return new byte[0];
        }
        if (!hasConfig()) {
            throw new HostException("the back-end does not tell the device's configuration: it has no protocol feature"
                    + " CONFIG; take one that has");
        }
        ByteBuffer request = config(offset, bytes);
        request.position(request.capacity()).flip();
        ByteBuffer reply = channel.ask(Request.GET_CONFIG, request, CONFIG_HEADER_BYTES + bytes);
        byte[] content = new byte[bytes];
        reply.get(CONFIG_HEADER_BYTES, content);
        return content;
    }

    /** Writes bytes of the configuration space, as the driver did. */
    void writeConfig(int offset, byte[] content) {
        channel.tell(
                Request.SET_CONFIG, config(offset, content.length).put(content).flip(), List.of());
    }

    private static ByteBuffer config(int offset, int bytes) {
        return BackendChannel.payload(CONFIG_HEADER_BYTES + bytes)
                .putInt(offset)
                .putInt(bytes)
                .putInt(CONFIG_BY_DRIVER);
    }

    /** Says which features the driver took and where guest memory is; queues may be started then. */
    void begin(long negotiated, SharedMemory memory) {
        GuestMemory.Region region = memory.region();
        channel.tell(Request.SET_FEATURES, negotiated | PROTOCOL_FEATURES);
        ByteBuffer table = BackendChannel.payload(2 * Integer.BYTES + REGION_BYTES);
        table.putInt(1).putInt(0);
        table.putLong(region.guestAddress()).putLong(region.host().byteSize());
        table.putLong(region.guestAddress()).putLong(0);
        channel.tell(Request.SET_MEM_TABLE, table.flip(), List.of(memory.descriptor()));
    }

    /**
     * Lets the back-end serve a queue from the ring's start on.
     *
     * @param kick counts up for each kick of the driver
     * @param call is to count up for each interrupt
     */
    void startQueue(int index, QueueLayout layout, FileDescriptor kick, FileDescriptor call) {
        tellState(Request.SET_VRING_NUM, index, layout.size());
        tellState(Request.SET_VRING_BASE, index, 0);
        ByteBuffer address = BackendChannel.payload(VRING_ADDRESS_BYTES);
        address.putInt(index).putInt(0);
        address.putLong(layout.descriptorTable())
                .putLong(layout.usedRing())
                .putLong(layout.availRing())
                .putLong(0);
        channel.tell(Request.SET_VRING_ADDR, address.flip(), List.of());
        tellDescriptor(Request.SET_VRING_CALL, index, call);
        tellDescriptor(Request.SET_VRING_KICK, index, kick);
        tellState(Request.SET_VRING_ENABLE, index, 1);
    }

    /** Stops a queue. Afterwards the back-end does not touch its rings or buffers. */
    void stopQueue(int index) {
        ByteBuffer state =
                BackendChannel.payload(VRING_STATE_BYTES).putInt(index).putInt(0);
        channel.ask(Request.GET_VRING_BASE, state.flip(), VRING_STATE_BYTES);
    }

    private void tellState(Request request, int index, int number) {
        ByteBuffer state =
                BackendChannel.payload(VRING_STATE_BYTES).putInt(index).putInt(number);
        channel.tell(request, state.flip(), List.of());
    }

    private void tellDescriptor(Request request, int index, FileDescriptor descriptor) {
        channel.tell(request, BackendChannel.payload(Long.BYTES).putLong(index).flip(), List.of(descriptor));
    }

    @Override
    public void close() {
        channel.close();
    }
}
