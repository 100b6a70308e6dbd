package jinn.virtio.console;

import jinn.error.GuestFaultException;
import jinn.virtio.DeviceContext;
import jinn.virtio.queue.DescriptorChain;
import jinn.virtio.queue.VirtQueue;

/**
 * One port's two queues and what waits at them. Thread of the device's queues.
 *
 * <p>Input waits in a bounded buffer while the driver has given no buffers to receive into, or has not opened the port.
 * What does not fit is not taken. Output that the host's end does not take stays in the driver's buffers, which it gets
 * back later. So nothing is lost in either direction, and neither side can fill memory.
 */
final class PortQueues implements PortEnd.Port {

    private static final int COPY_BYTES = 4096;

    private final PortEnd end;
    private final Runnable openListener;
    private final int receiveIndex;
    private final int transmitIndex;
    private final byte[] copy = new byte[COPY_BYTES];
    private int copyStart;
    private int copyLength;

    private final byte[] input = new byte[Console.INPUT_CAPACITY_BYTES];
    private int inputStart;
    private int inputLength;

    /** Whether {@link #receive} has turned something away since the end was last told of room. */
    private boolean turnedAway;

    private DeviceContext context;
    private DescriptorChain receiveChain;
    private DescriptorChain transmitChain;

    /** Whether the transmit chain holds a buffer that is not given back yet. */
    private boolean transmitting;

    private boolean guestReady;

    /**
     * Makes a port.
     *
     * @param openListener is called when the host's end is opened or closed
     * @param receiveIndex number of the queue to the guest; the one from the guest is the next
     */
    PortQueues(PortEnd end, Runnable openListener, int receiveIndex) {
        this.end = end;
        this.openListener = openListener;
        this.receiveIndex = receiveIndex;
        this.transmitIndex = receiveIndex + 1;
    }

    PortEnd end() {
        return end;
    }

    /** Returns how many bytes {@link #receive} can take now. */
    int inputSpace() {
        return input.length - inputLength;
    }

    /** Starts with queues that the driver uses. */
    void activate(DeviceContext newContext) {
        context = newContext;
        receiveChain = newContext.queue(receiveIndex).newChain();
        transmitChain = newContext.queue(transmitIndex).newChain();
    }

    void reset() {
        context = null;
        receiveChain = null;
        transmitChain = null;
        transmitting = false;
        copyLength = 0;
        guestReady = false;
    }

    /** Sets whether a program of the guest has the port open: what is received before is lost in the guest. */
    void setGuestReady(boolean ready) {
        guestReady = ready;
        if (ready) {
            notifyLater(receiveIndex);
        }
    }

    private void notifyLater(int queue) {
        if (context != null) {
            context.notifyLater(queue);
        }
    }

    @Override
    public int receive(byte[] bytes, int offset, int length) {
        int taken = Math.min(length, input.length - inputLength);
        int tail = (inputStart + inputLength) % input.length;
        int first = Math.min(taken, input.length - tail);
        System.arraycopy(bytes, offset, input, tail, first);
        System.arraycopy(bytes, offset + first, input, 0, taken - first);
        inputLength += taken;
        turnedAway |= taken < length;
        if (taken > 0) {
            notifyLater(receiveIndex);
        }
        return taken;
    }

    @Override
    public void outputSpace() {
        notifyLater(transmitIndex);
    }

    @Override
    public void openChanged() {
        openListener.run();
    }

    /* Ends: each round takes a byte of the input at least, since no buffer is empty. Kicks matter only with input. */
    void deliverInput() {
        VirtQueue queue = context.queue(receiveIndex);
        boolean wanted = guestReady && inputLength > 0;
        boolean look = wanted;
        while (inputLength > 0 && look) {
            while (inputLength > 0 && queue.pop(receiveChain)) {
                fill(receiveChain);
                queue.addUsed(receiveChain);
            }
            look = inputLength > 0 && queue.enableNotifications();
        }
        if (inputLength == 0 || !wanted) {
            queue.disableNotifications();
        }
        context.complete(queue);
        if (turnedAway && inputLength < input.length) {
            turnedAway = false;
            end.inputSpace();
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

    /** Takes the guest's output, at most a queue full of buffers at a time, until the end takes no more. */
    void transmit() {
        VirtQueue queue = context.queue(transmitIndex);
        int left = queue.size();
        boolean look = true;
        boolean taken = true;
        while (look) {
            queue.disableNotifications();
            while (taken && left > 0 && (transmitting || takeBuffer(queue))) {
                taken = drain();
                if (taken) {
                    transmitting = false;
                    queue.addUsed(transmitChain);
                    left--;
                }
            }
            look = taken && left > 0 && queue.enableNotifications();
        }
        context.complete(queue);
        if (left == 0) {
            context.notifyLater(transmitIndex);
        }
    }

    private boolean takeBuffer(VirtQueue queue) {
        transmitting = queue.pop(transmitChain);
        if (transmitting && transmitChain.writableBytes() != 0) {
            throw new GuestFaultException("transmit buffer has " + transmitChain.writableBytes() + " writable bytes");
        }
        return transmitting;
    }

    /** Returns whether the end has taken all of the buffer at hand. */
    private boolean drain() {
        do {
            if (copyLength == 0) {
                copyStart = 0;
                copyLength = transmitChain.read(copy, 0, copy.length);
            }
            if (copyLength > 0) {
                int taken = end.write(copy, copyStart, copyLength);
                copyStart += taken;
                copyLength -= taken;
            }
        } while (copyLength == 0 && transmitChain.readableLeft() > 0);
        return copyLength == 0;
    }
}
