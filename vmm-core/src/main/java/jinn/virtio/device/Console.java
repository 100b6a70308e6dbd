package jinn.virtio.device;

import jinn.error.GuestFaultException;
import jinn.virtio.DeviceContext;
import jinn.virtio.DeviceType;
import jinn.virtio.VirtioDevice;
import jinn.virtio.queue.ChainHandler;
import jinn.virtio.queue.DescriptorChain;
import jinn.virtio.queue.VirtQueue;

/**
 * The console device with one port (virtio 1.2 section 5.3).
 *
 * <p>Input waits in a bounded buffer while the driver has given no buffers to receive into. What does not fit is not
 * taken, so that the sender can keep it: nothing is lost.
 */
public final class Console implements VirtioDevice {

    /** Most input bytes that wait for the driver. */
    public static final int INPUT_CAPACITY_BYTES = 4096;

    private static final int RECEIVE_QUEUE = 0;
    private static final int TRANSMIT_QUEUE = 1;
    private static final int QUEUE_COUNT = 2;
    private static final int QUEUE_SIZE = 256;
    private static final int COPY_BYTES = 4096;

    /** VIRTIO_CONSOLE_F_SIZE: columns and rows in the configuration space are valid. */
    private static final long FEATURE_SIZE = 1;

    private final String name;
    private final ConsoleOutput output;
    private final boolean sized;
    private final byte[] copy = new byte[COPY_BYTES];
    private final ChainHandler transmit = this::transmit;

    /** The first 8 bytes of the configuration space: columns and rows, 16 bits each, then the number of ports. */
    private volatile long config;

    /* Loop thread, like all below. */
    private final byte[] input = new byte[INPUT_CAPACITY_BYTES];
    private int inputStart;
    private int inputLength;
    private Runnable inputSpaceListener = () -> {};
    private DeviceContext context;
    private DescriptorChain receiveChain;
    private DescriptorChain transmitChain;

    /** Makes a console called {@code console} that does not know its size. */
    public Console(ConsoleOutput output) {
        this("console", output, 0, 0);
    }

    /**
     * Makes a console.
     *
     * @param name for messages
     * @param columns width in characters, up to 65535; 0 if unknown
     * @param rows height in characters, up to 65535; 0 if unknown
     */
    public Console(String name, ConsoleOutput output, int columns, int rows) {
        this.name = name;
        this.output = output;
        this.sized = columns != 0 && rows != 0;
        this.config = pack(columns, rows);
    }

    private static long pack(int columns, int rows) {
        long ports = 1;
        return (columns & 0xffffL) | (rows & 0xffffL) << 16 | ports << 32;
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
        return QUEUE_COUNT;
    }

    @Override
    public int maximumQueueSize() {
        return QUEUE_SIZE;
    }

    @Override
    public long features() {
        return sized ? FEATURE_SIZE : 0;
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

    /** Tells the driver a new size, if the console was made with one. Loop thread. */
    public void resize(int columns, int rows) {
        if (sized) {
            config = pack(columns, rows);
            if (context != null) {
                context.configChanged();
            }
        }
    }

    /**
     * Sets what to call, on the loop thread, when input fits again after {@link #receive} did not take all. At most one
     * listener; it may call {@link #receive}.
     */
    public void onInputSpace(Runnable listener) {
        inputSpaceListener = listener;
    }

    /**
     * Takes input for the guest. Loop thread.
     *
     * @return how many bytes were taken; the rest did not fit and is still the caller's
     */
    public int receive(byte[] bytes, int offset, int length) {
        int taken = Math.min(length, input.length - inputLength);
        int end = (inputStart + inputLength) % input.length;
        int first = Math.min(taken, input.length - end);
        System.arraycopy(bytes, offset, input, end, first);
        System.arraycopy(bytes, offset + first, input, 0, taken - first);
        inputLength += taken;
        if (context != null && taken > 0) {
            context.notifyLater(RECEIVE_QUEUE);
        }
        return taken;
    }

    /** Returns how many bytes {@link #receive} can take now. Loop thread. */
    public int inputSpace() {
        return input.length - inputLength;
    }

    @Override
    public void activate(DeviceContext newContext) {
        context = newContext;
        receiveChain = newContext.queue(RECEIVE_QUEUE).newChain();
        transmitChain = newContext.queue(TRANSMIT_QUEUE).newChain();
    }

    @Override
    public void queueNotified(int queue) {
        if (queue == RECEIVE_QUEUE) {
            deliverInput(context.queue(RECEIVE_QUEUE));
            return;
        }
        VirtQueue transmitQueue = context.queue(TRANSMIT_QUEUE);
        boolean more = transmitQueue.serve(transmitChain, transmit);
        context.complete(transmitQueue);
        if (more) {
            context.notifyLater(TRANSMIT_QUEUE);
        }
    }

    private void transmit(DescriptorChain chain) {
        if (chain.writableBytes() != 0) {
            throw new GuestFaultException("transmit buffer has " + chain.writableBytes() + " writable bytes");
        }
        int length = chain.read(copy, 0, copy.length);
        while (length > 0) {
            output.write(copy, 0, length);
            length = chain.read(copy, 0, copy.length);
        }
    }

    /* Ends: each round takes a byte of the input at least, since no buffer is empty. Kicks matter only with input. */
    private void deliverInput(VirtQueue receiveQueue) {
        boolean wasFull = inputLength == input.length;
        boolean look = true;
        while (inputLength > 0 && look) {
            while (inputLength > 0 && receiveQueue.pop(receiveChain)) {
                fill(receiveChain);
                receiveQueue.addUsed(receiveChain);
            }
            look = inputLength > 0 && receiveQueue.enableNotifications();
        }
        if (inputLength == 0) {
            receiveQueue.disableNotifications();
        }
        context.complete(receiveQueue);
        if (wasFull && inputLength < input.length) {
            inputSpaceListener.run();
        }
    }

    private void fill(DescriptorChain chain) {
        if (chain.readableBytes() != 0) {
            throw new GuestFaultException("receive buffer has " + chain.readableBytes() + " readable bytes");
        }
        while (inputLength > 0 && chain.writableLeft() > 0) {
            int run = Math.min(inputLength, input.length - inputStart);
            int copied = chain.write(input, inputStart, run);
            inputStart = (inputStart + copied) % input.length;
            inputLength -= copied;
        }
    }

    @Override
    public void reset() {
        context = null;
        receiveChain = null;
        transmitChain = null;
    }
}
