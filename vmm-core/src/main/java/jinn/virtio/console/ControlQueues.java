package jinn.virtio.console;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import jinn.error.GuestFaultException;
import jinn.virtio.DeviceContext;
import jinn.virtio.queue.ChainHandler;
import jinn.virtio.queue.DescriptorChain;
import jinn.virtio.queue.VirtQueue;

/**
 * The messages about ports (virtio 1.2 section 5.3.6.2). Thread of the device's queues.
 *
 * <p>What the driver is to be told is kept as what is due for each port, not as a list: however often something changes
 * before there is a buffer, the newest state is told once.
 */
final class ControlQueues {

    /** What a port's driver is to be told, in this order. */
    private enum Due {
        ADD,
        CONSOLE,
        NAME,
        SIZE,
        OPEN
    }

    /** A port as the driver knows it. */
    private static final class PortState {

        private final int id;
        private final byte[] name;
        private final PortQueues queues;
        private final Set<Due> due = EnumSet.noneOf(Due.class);
        private boolean ready;

        PortState(int id, String name, PortQueues queues) {
            this.id = id;
            this.name = name.getBytes(StandardCharsets.UTF_8);
            this.queues = queues;
        }
    }

    private static final int HEADER_BYTES = 8;
    private static final int SIZE_BYTES = 4;
    private static final int CONSOLE_ID = 0;
    private static final byte[] NOTHING = {};

    private final List<PortState> ports;
    private final int receiveIndex;
    private final int transmitIndex;
    private final byte[] header = new byte[HEADER_BYTES];
    private final ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    private final ChainHandler handler = this::take;
    private byte[] size = new byte[SIZE_BYTES];

    private Optional<DeviceContext> context = Optional.empty();
    private DescriptorChain receiveChain;
    private DescriptorChain transmitChain;

    /**
     * Makes the queues of a device.
     *
     * @param names of the ports; port 0, the console, has none
     * @param receiveIndex number of the queue to the guest
     * @param transmitIndex number of the queue from the guest
     */
    ControlQueues(List<String> names, List<PortQueues> queues, int receiveIndex, int transmitIndex) {
        this.ports = IntStream.range(0, names.size())
                .mapToObj(id -> new PortState(id, names.get(id), queues.get(id)))
                .toList();
        this.receiveIndex = receiveIndex;
        this.transmitIndex = transmitIndex;
    }

    void activate(DeviceContext newContext) {
        context = Optional.of(newContext);
        receiveChain = newContext.queue(receiveIndex).newChain();
        transmitChain = newContext.queue(transmitIndex).newChain();
    }

    void reset() {
        context = Optional.empty();
        receiveChain = null;
        transmitChain = null;
        for (PortState port : ports) {
            port.due.clear();
            port.ready = false;
        }
    }

    /** The console has a new size. */
    void resize(int columns, int rows) {
        size = ByteBuffer.allocate(SIZE_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) columns)
                .putShort((short) rows)
                .array();
        tell(ports.get(CONSOLE_ID), Due.SIZE);
    }

    /** Somebody has come to a port's end at the host, or has gone. */
    void openChanged(int port) {
        tell(ports.get(port), Due.OPEN);
    }

    private void tell(PortState port, Due what) {
        if (port.ready) {
            port.due.add(what);
            context.ifPresent(device -> device.notifyLater(receiveIndex));
        }
    }

    /** Sends what is due, as far as there are buffers. */
    void send() {
        DeviceContext device = context.orElseThrow();
        VirtQueue queue = device.queue(receiveIndex);
        Optional<PortState> next = nextDue();
        boolean look = true;
        while (look) {
            while (next.isPresent() && queue.pop(receiveChain)) {
                send(next.get());
                queue.addUsed(receiveChain);
                next = nextDue();
            }
            look = next.isPresent() && queue.enableNotifications();
        }
        if (next.isEmpty()) {
            queue.disableNotifications();
        }
        device.complete(queue);
    }

    private Optional<PortState> nextDue() {
        return ports.stream().filter(port -> !port.due.isEmpty()).findFirst();
    }

    private void send(PortState port) {
        Due what = port.due.iterator().next();
        port.due.remove(what);
        switch (what) {
            case ADD -> send(port, ControlEvent.PORT_ADD, 1, NOTHING);
            case CONSOLE -> send(port, ControlEvent.CONSOLE_PORT, 1, NOTHING);
            case NAME -> send(port, ControlEvent.PORT_NAME, 1, port.name);
            case SIZE -> send(port, ControlEvent.RESIZE, 0, size);
            case OPEN -> send(port, ControlEvent.PORT_OPEN, port.queues.end().isOpen() ? 1 : 0, NOTHING);
        }
    }

    private void send(PortState port, int event, int value, byte[] data) {
        int length = HEADER_BYTES + data.length;
        if (receiveChain.readableBytes() != 0 || receiveChain.writableBytes() < length) {
            throw new GuestFaultException("control buffer of " + receiveChain.readableBytes() + " readable and "
                    + receiveChain.writableBytes() + " writable bytes for a message of " + length);
        }
        fields.clear().putInt(port.id).putShort((short) event).putShort((short) value);
        receiveChain.write(header, 0, HEADER_BYTES);
        receiveChain.write(data, 0, data.length);
    }

    /** Takes what the driver says. */
    void receive() {
        DeviceContext device = context.orElseThrow();
        VirtQueue queue = device.queue(transmitIndex);
        boolean more = queue.serve(transmitChain, handler);
        device.complete(queue);
        if (more) {
            device.notifyLater(transmitIndex);
        }
    }

    private void take(DescriptorChain chain) {
        if (chain.writableBytes() != 0 || chain.read(header, 0, HEADER_BYTES) < HEADER_BYTES) {
            throw new GuestFaultException("control message has " + chain.readableBytes() + " readable and "
                    + chain.writableBytes() + " writable bytes");
        }
        fields.clear();
        int id = fields.getInt();
        int event = Short.toUnsignedInt(fields.getShort());
        boolean set = fields.getShort() != 0;
        if (event == ControlEvent.DEVICE_READY && set) {
            ports.forEach(port -> port.due.add(Due.ADD));
            context.orElseThrow().notifyLater(receiveIndex);
        } else if (id >= 0 && id < ports.size()) {
            take(ports.get(id), event, set);
        }
    }

    /* What a driver of a later version might say besides is nothing to us. */
    private void take(PortState port, int event, boolean set) {
        if (event == ControlEvent.PORT_READY) {
            port.ready = set;
            if (set) {
                introduce(port);
            }
        } else if (event == ControlEvent.PORT_OPEN && port.id != CONSOLE_ID) {
            port.queues.setGuestReady(set);
        }
    }

    private void introduce(PortState port) {
        if (port.id == CONSOLE_ID) {
            tell(port, Due.CONSOLE);
            tell(port, Due.SIZE);
        } else {
            tell(port, Due.NAME);
        }
        tell(port, Due.OPEN);
    }
}
