package jinn.virtio.net;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import jinn.virtio.DeviceContext;
import jinn.virtio.DeviceType;
import jinn.virtio.VirtioDevice;
import jinn.virtio.queue.ChainHandler;
import jinn.virtio.queue.DescriptorChain;
import jinn.virtio.queue.VirtQueue;

/**
 * The network device (virtio 1.2 section 5.1): a receive and a transmit queue for each pair, and a control queue where
 * there are several pairs.
 */
public final class NetDevice implements VirtioDevice {

    /** Size of an Ethernet address. */
    public static final int ADDRESS_BYTES = 6;

    private static final int QUEUE_SIZE = 256;
    private static final int QUEUES_PER_PAIR = 2;
    private static final int LINK_UP = 1;

    /** Offsets in the configuration space (section 5.1.4); the fields after the address have 16 bits. */
    private static final int STATUS_OFFSET = 6;

    private static final int PAIRS_OFFSET = 8;
    private static final int MTU_OFFSET = 10;
    private static final int CONFIG_BYTES = 12;

    private final String name;
    private final NetBackend backend;
    private final byte[] address;
    private final OptionalInt mtu;
    private final int pairs;
    private final NetCounters[] received;
    private final NetCounters[] sent;
    private final ChainHandler control = new ControlQueue(this::usePairs)::serve;
    private final NetBackend.Listener listener = new BackendListener();

    /* The queues' thread, like all below. */
    private final Receiver[] receivers;
    private final Transmitter[] transmitters;
    private DeviceContext context;
    private DescriptorChain controlChain;
    private int controlIndex;

    /**
     * Makes a device.
     *
     * @param name for messages
     * @param address its Ethernet address, {@link #ADDRESS_BYTES} bytes
     * @param mtu the longest packet that the driver may send, in bytes without the Ethernet header, if it is to be told
     */
    public NetDevice(String name, NetBackend backend, byte[] address, OptionalInt mtu) {
        this.name = name;
        this.backend = backend;
        this.address = Arrays.copyOf(address, ADDRESS_BYTES);
        this.mtu = mtu;
        this.pairs = backend.pairs();
        this.received = newCounters();
        this.sent = newCounters();
        this.receivers = new Receiver[pairs];
        this.transmitters = new Transmitter[pairs];
    }

    private NetCounters[] newCounters() {
        return IntStream.range(0, pairs).mapToObj(pair -> new NetCounters()).toArray(NetCounters[]::new);
    }

    /** Returns what each pair of queues has done so far. Any thread. */
    public List<NetStatistics> statistics() {
        return IntStream.range(0, pairs)
                .mapToObj(pair -> new NetStatistics(received[pair].read(), sent[pair].read()))
                .toList();
    }

    @Override
    public DeviceType type() {
        return DeviceType.NET;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int queueCount() {
        return QUEUES_PER_PAIR * pairs + (pairs > 1 ? 1 : 0);
    }

    @Override
    public int maximumQueueSize() {
        return QUEUE_SIZE;
    }

    @Override
    public long features() {
        return NetFeature.MAC
                | NetFeature.STATUS
                | NetFeature.MRG_RXBUF
                | (mtu.isPresent() ? NetFeature.MTU : 0)
                | (pairs > 1 ? NetFeature.CTRL_VQ | NetFeature.MQ : 0)
                | (backend.offloads() & NetFeature.OFFLOADS);
    }

    @Override
    public long readConfig(int offset, int size) {
        long value = 0;
        for (int i = 0; i < size && offset + i < CONFIG_BYTES; i++) {
            value |= (long) configByte(offset + i) << (Byte.SIZE * i);
        }
        return value;
    }

    private int configByte(int offset) {
        if (offset < ADDRESS_BYTES) {
            return Byte.toUnsignedInt(address[offset]);
        }
        int field = offset & ~1;
        int value = switch (field) {
            case STATUS_OFFSET -> backend.isLinkUp() ? LINK_UP : 0;
            case PAIRS_OFFSET -> pairs;
            case MTU_OFFSET -> mtu.orElse(0);
            default -> 0;
        };
        return (value >>> (Byte.SIZE * (offset - field))) & 0xff;
    }

    /* The address is the only field that a driver could write, and only before VERSION_1 (section 5.1.4.2). */
    @Override
    public void writeConfig(int offset, int size, long value) {}

    @Override
    public void activate(DeviceContext newContext) {
        context = newContext;
        boolean multiQueue = context.hasFeature(NetFeature.MQ);
        /* A driver of one pair finds the control queue behind its two (section 5.1.2). */
        controlIndex = pairs == 1 ? Integer.MAX_VALUE : QUEUES_PER_PAIR * (multiQueue ? pairs : 1);
        backend.start(negotiated(), listener);
        for (int pair = 0; pair < (multiQueue ? pairs : 1); pair++) {
            connect(pair);
        }
        if (pairs > 1 && context.queue(controlIndex).isReady()) {
            controlChain = context.queue(controlIndex).newChain();
        }
        backend.usePairs(1);
    }

    private long negotiated() {
        long features = 0;
        for (long left = features(); left != 0; left &= left - 1) {
            long bit = Long.lowestOneBit(left);
            features |= context.hasFeature(bit) ? bit : 0;
        }
        return features;
    }

    private void connect(int pair) {
        VirtQueue receiveQueue = context.queue(QUEUES_PER_PAIR * pair);
        VirtQueue transmitQueue = context.queue(QUEUES_PER_PAIR * pair + 1);
        if (receiveQueue.isReady()) {
            boolean mergeable = context.hasFeature(NetFeature.MRG_RXBUF);
            receivers[pair] = new Receiver(receiveQueue, backend.port(pair), mergeable, received[pair]);
        }
        if (transmitQueue.isReady()) {
            transmitters[pair] = new Transmitter(transmitQueue, backend.port(pair), sent[pair]);
        }
    }

    private boolean usePairs(int count) {
        if (count < 1 || count > pairs) {
            return false;
        }
        backend.usePairs(count);
        return true;
    }

    @Override
    public void queueNotified(int index) {
        VirtQueue queue = context.queue(index);
        boolean more;
        if (index == controlIndex) {
            more = queue.serve(controlChain, control);
        } else {
            more = serve(index / QUEUES_PER_PAIR, index % QUEUES_PER_PAIR == 0);
        }
        context.complete(queue);
        if (more) {
            context.notifyLater(index);
        }
    }

    /* A driver that did not accept MQ may still make the queues behind its own ready: nobody serves them. */
    private boolean serve(int pair, boolean receive) {
        if (pair >= pairs) {
            return false;
        }
        return receive
                ? receivers[pair] != null && receivers[pair].serve()
                : transmitters[pair] != null && transmitters[pair].serve();
    }

    @Override
    public void reset() {
        backend.stop();
        Arrays.fill(receivers, null);
        Arrays.fill(transmitters, null);
        controlChain = null;
        context = null;
    }

    /** Frames wait at the host meanwhile. The notification after the pause lets each pair receive again. */
    @Override
    public void pause() {
        if (context != null) {
            for (int pair = 0; pair < pairs; pair++) {
                backend.port(pair).setReceiving(false);
            }
        }
    }

    /** Frames are moved when the queue is notified: only there a driver that breaks a rule is caught. */
    private final class BackendListener implements NetBackend.Listener {

        @Override
        public void receivable(int pair) {
            int queue = QUEUES_PER_PAIR * pair;
            if (context.queue(queue).isReady() && receivers[pair] != null) {
                context.notifyLater(queue);
            } else {
                backend.port(pair).setReceiving(false);
            }
        }

        @Override
        public void sendable(int pair) {
            context.notifyLater(QUEUES_PER_PAIR * pair + 1);
        }

        @Override
        public void linkChanged() {
            context.configChanged();
        }
    }
}
