package jinn.virtio.console;

import java.util.ArrayList;
import java.util.List;
import jinn.virtio.DeviceContext;
import jinn.virtio.DeviceType;
import jinn.virtio.VirtioDevice;

/**
 * The console device (virtio 1.2 section 5.3). Port 0 is the console. Each further port has a name and leads to a program
 * of the host; without any, the device has no control queues and does not offer them.
 */
public final class Console implements VirtioDevice {

    /** Most input bytes of a port that wait for the driver. */
    public static final int INPUT_CAPACITY_BYTES = 4096;

    /** VIRTIO_CONSOLE_F_SIZE: columns and rows in the configuration space are valid. */
    static final long FEATURE_SIZE = 1;

    /** VIRTIO_CONSOLE_F_MULTIPORT: there may be several ports, and there are control queues. */
    static final long FEATURE_MULTIPORT = 2;

    private static final int RECEIVE_QUEUE = 0;
    private static final int QUEUES_PER_PORT = 2;
    private static final int CONTROL_RECEIVE_QUEUE = 2;
    private static final int CONTROL_TRANSMIT_QUEUE = 3;
    private static final int QUEUE_SIZE = 256;

    /** The columns and rows of the configuration space. */
    private static final long SIZE_MASK = 0xffff_ffffL;

    /**
     * A port besides the console.
     *
     * @param name by which a program of the guest finds it, in UTF-8
     */
    public record NamedPort(String name, PortEnd end) {}

    private final String name;
    private final boolean sized;
    private final ConsoleEnd consoleEnd;
    private final List<PortQueues> ports = new ArrayList<>();
    private final ControlQueues control;

    /** The first 8 bytes of the configuration space: columns and rows, 16 bits each, then the number of ports. */
    private volatile long config;

    /* Loop thread, like all below. */
    private DeviceContext context;
    private boolean multiport;

    /** Makes a console called {@code console} that does not know its size. */
    public Console(ConsoleOutput output) {
        this("console", output, false, List.of());
    }

    /**
     * Makes a console.
     *
     * @param name for messages
     * @param output where the console writes to
     * @param sized whether it has a size, which is unknown (0 by 0) until {@link #resize}
     * @param others the ports from 1 on
     */
    public Console(String name, ConsoleOutput output, boolean sized, List<NamedPort> others) {
        this.name = name;
        this.sized = sized;
        this.consoleEnd = new ConsoleEnd(output);
        List<String> names = new ArrayList<>(List.of(""));
        addPort(consoleEnd, RECEIVE_QUEUE);
        for (NamedPort other : others) {
            addPort(other.end(), CONTROL_RECEIVE_QUEUE + QUEUES_PER_PORT * ports.size());
            names.add(other.name());
        }
        this.control = new ControlQueues(names, ports, CONTROL_RECEIVE_QUEUE, CONTROL_TRANSMIT_QUEUE);
        resizeConfig(0, 0);
        // Last: a program may be there at once.
        ports.forEach(port -> port.end().connect(port));
    }

    private void addPort(PortEnd end, int receiveQueue) {
        int id = ports.size();
        PortQueues port = new PortQueues(end, () -> openChanged(id), receiveQueue);
        ports.add(port);
    }

    private void resizeConfig(int columns, int rows) {
        config = (columns & 0xffffL) | (rows & 0xffffL) << Short.SIZE | (long) ports.size() << Integer.SIZE;
    }

    @Override
    public DeviceType type() {
        return DeviceType.CONSOLE;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int queueCount() {
        return ports.size() == 1 ? QUEUES_PER_PORT : QUEUES_PER_PORT * (ports.size() + 1);
    }

    @Override
    public int maximumQueueSize() {
        return QUEUE_SIZE;
    }

    @Override
    public long features() {
        return (sized ? FEATURE_SIZE : 0) | (ports.size() > 1 ? FEATURE_MULTIPORT : 0);
    }

    @Override
    public long readConfig(int offset, int size) {
        if (offset >= Long.BYTES) {
            return 0;
        }
        long value = config >>> (Byte.SIZE * offset);
        return size == Long.BYTES ? value : value & ((1L << (Byte.SIZE * size)) - 1);
    }

    /* The only writable field is emerg_wr, which needs a feature that is not offered. */
    @Override
    public void writeConfig(int offset, int size, long value) {}

    /**
     * Tells the driver a new size, if the console was made with one. Loop thread.
     *
     * @param columns width in characters, up to 65535; 0 if unknown
     * @param rows height in characters, up to 65535; 0 if unknown
     */
    public void resize(int columns, int rows) {
        if (!sized) {
            return;
        }
        resizeConfig(columns, rows);
        if (context != null) {
            context.configChanged();
        }
        control.resize(columns, rows);
    }

    /**
     * Sets what to call, on the loop thread, when input fits again after {@link #receive} did not take all. At most one
     * listener; it may call {@link #receive}.
     */
    public void onInputSpace(Runnable listener) {
        consoleEnd.inputSpaceListener = listener;
    }

    /**
     * Takes input for the guest. Loop thread.
     *
     * @return how many bytes were taken; the rest did not fit and is still the caller's
     */
    public int receive(byte[] bytes, int offset, int length) {
        return ports.getFirst().receive(bytes, offset, length);
    }

    /** Returns how many bytes {@link #receive} can take now. Loop thread. */
    public int inputSpace() {
        return ports.getFirst().inputSpace();
    }

    private void openChanged(int port) {
        control.openChanged(port);
    }

    @Override
    public void activate(DeviceContext newContext) {
        context = newContext;
        multiport = newContext.hasFeature(FEATURE_MULTIPORT);
        for (PortQueues port : multiport ? ports : ports.subList(0, 1)) {
            port.activate(newContext);
        }
        if (multiport) {
            control.activate(newContext);
        }
        if (sized && (config & SIZE_MASK) != 0) {
            /* Linux looks at the size when it changes, not when it finds the device. */
            newContext.configChanged();
        }
        /* What a console is sent is never lost: the driver keeps it for whoever opens it. */
        ports.getFirst().setGuestReady(true);
    }

    @Override
    public void queueNotified(int queue) {
        boolean receives = queue % 2 == 0;
        if (queue >= QUEUES_PER_PORT && !multiport) {
            return;
        }
        if (queue == CONTROL_RECEIVE_QUEUE) {
            control.send();
        } else if (queue == CONTROL_TRANSMIT_QUEUE) {
            control.receive();
        } else {
            PortQueues port = ports.get(portOf(queue));
            if (receives) {
                port.deliverInput();
            } else {
                port.transmit();
            }
        }
    }

    private static int portOf(int queue) {
        return queue < QUEUES_PER_PORT ? 0 : queue / QUEUES_PER_PORT - 1;
    }

    @Override
    public void reset() {
        context = null;
        control.reset();
        ports.forEach(PortQueues::reset);
    }

    /** The host's end of the console: it takes all output, and there is always somebody. */
    private static final class ConsoleEnd implements PortEnd {

        private final ConsoleOutput output;
        private Runnable inputSpaceListener = () -> {};

        ConsoleEnd(ConsoleOutput output) {
            this.output = output;
        }

        @Override
        public int write(byte[] bytes, int offset, int length) {
            output.write(bytes, offset, length);
            return length;
        }

        @Override
        public void inputSpace() {
            inputSpaceListener.run();
        }
    }
}
