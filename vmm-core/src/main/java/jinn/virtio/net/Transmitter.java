package jinn.virtio.net;

import java.lang.foreign.Arena;
import jinn.error.GuestFaultException;
import jinn.memory.IoVector;
import jinn.virtio.queue.DescriptorChain;
import jinn.virtio.queue.VirtQueue;

/** Gives the frames of a transmit queue to a port (virtio 1.2 section 5.1.6.2), straight from the guest's memory. */
final class Transmitter {

    private static final int PIECES = 256;

    /** Header and addresses of an Ethernet frame with a VLAN tag. */
    private static final int ETHERNET_BYTES = 18;

    private static final int SHORTEST_BYTES = NetHeader.BYTES + 14;
    private static final int LONGEST_BYTES = NetHeader.BYTES + ETHERNET_BYTES + 0xffff;

    private final VirtQueue queue;
    private final FramePort port;
    private final NetCounters counters;
    private final DescriptorChain chain;
    private final IoVector frame = new IoVector(PIECES + 1, Arena.ofAuto());

    /** Whether the port has not yet taken the whole frame at hand. */
    private boolean unfinished;

    Transmitter(VirtQueue queue, FramePort port, NetCounters counters) {
        this.queue = queue;
        this.port = port;
        this.counters = counters;
        this.chain = queue.newChain();
        frame.reserve(1);
    }

    /**
     * Sends frames until the queue is empty or the port takes no more, as many at most as the queue has descriptors.
     *
     * @return whether the bound was met; the caller must come back by itself
     */
    boolean serve() {
        if (unfinished && !send()) {
            return false;
        }
        int left = queue.size();
        do {
            queue.disableNotifications();
            while (left > 0 && queue.pop(chain)) {
                left--;
                if (!begin()) {
                    return false;
                }
            }
        } while (left > 0 && queue.enableNotifications());
        return left == 0;
    }

    /** Starts with the chain at hand. Returns whether it is done with. */
    private boolean begin() {
        if (chain.writableBytes() != 0) {
            throw new GuestFaultException("transmit buffer has " + chain.writableBytes() + " writable bytes");
        }
        long bytes = chain.readableBytes();
        if (bytes < NetHeader.BYTES) {
            throw new GuestFaultException("transmit buffer of " + bytes + " bytes has no header of " + NetHeader.BYTES);
        }
        frame.clear();
        boolean wrong = bytes < SHORTEST_BYTES || bytes > LONGEST_BYTES || chain.readInto(frame, bytes) < bytes;
        return wrong ? finish(FramePort.Sending.DROPPED) : send();
    }

    private boolean send() {
        return finish(port.send(frame));
    }

    private boolean finish(FramePort.Sending sending) {
        unfinished = sending == FramePort.Sending.LATER;
        switch (sending) {
            case SENT -> counters.addFrame(chain.readableBytes() - NetHeader.BYTES);
            case DROPPED -> counters.addDropped();
            case LATER -> {
                return false;
            }
        }
        queue.addUsed(chain);
        return true;
    }
}
