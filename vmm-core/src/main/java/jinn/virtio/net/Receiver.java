package jinn.virtio.net;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jinn.error.GuestFaultException;
import jinn.memory.IoVector;
import jinn.virtio.queue.DescriptorChain;
import jinn.virtio.queue.VirtQueue;

/**
 * Brings frames from a port into the guest's receive buffers (virtio 1.2 section 5.1.6.4).
 *
 * <p>Nobody knows how long the next frame of a tap interface is. So as many buffers as the longest may take are held
 * ready and given to the kernel together; those that a frame leaves over wait for the next. When there are fewer, the
 * end of a frame lands in memory of the port and is copied as soon as the driver adds buffers.
 */
final class Receiver {

    /** Most buffers held; a frame that needs more is dropped. Linux gives 1526 bytes at least: the longest needs 43. */
    private static final int HELD_MAXIMUM = 64;

    /** Most frames in one turn, so that other devices get theirs. */
    private static final int FRAMES_PER_TURN = 64;

    private static final int PIECES = 256;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final VirtQueue queue;
    private final FramePort port;
    private final NetCounters counters;
    private final IoVector places = new IoVector(PIECES + 1, Arena.ofAuto());
    private final byte[] bufferCount = new byte[Short.BYTES];

    /** A ring of chains: {@link #heldCount} from {@link #firstHeld} on are the driver's, in its order. */
    private final DescriptorChain[] held;

    private int firstHeld;
    private int heldCount;
    private long heldBytes;

    /** Bytes of a frame that the port has given and the guest has not got; 0 if there is none. */
    private int frameBytes;

    Receiver(VirtQueue queue, FramePort port, boolean mergeable, NetCounters counters) {
        this.queue = queue;
        this.port = port;
        this.counters = counters;
        held = new DescriptorChain[mergeable ? Math.min(HELD_MAXIMUM, queue.size()) : 1];
        for (int i = 0; i < held.length; i++) {
            held[i] = queue.newChain();
        }
        places.reserve(1);
    }

    /**
     * Delivers frames as long as there are frames and buffers.
     *
     * @return whether the bound was met; the caller must come back by itself
     */
    boolean serve() {
        for (int left = FRAMES_PER_TURN; left > 0; left--) {
            if (frameBytes == 0 && !takeFrame()) {
                return false;
            }
            if (!fits() && !dropped()) {
                return false;
            }
        }
        return true;
    }

    /** Takes a frame from the port. Returns whether there was one, and a buffer to begin with. */
    private boolean takeFrame() {
        do {
            hold(port.directBytes());
        } while (heldCount == 0 && queue.enableNotifications());
        if (heldCount == 0) {
            port.setReceiving(false);
            return false;
        }
        queue.disableNotifications();
        port.setReceiving(true);
        places.clear();
        if (port.directBytes() > 0) {
            for (int i = 0; i < heldCount; i++) {
                chain(i).writeFrom(places, Long.MAX_VALUE);
            }
        }
        frameBytes = port.receive(places);
        return frameBytes != FramePort.NONE;
    }

    /** Delivers the frame at hand if the buffers are enough; asks for more if not. */
    private boolean fits() {
        do {
            hold(frameBytes);
            if (heldBytes >= frameBytes) {
                deliver();
                return true;
            }
        } while (heldCount < held.length && queue.enableNotifications());
        return false;
    }

    /** Drops the frame at hand if no more buffers can be held; else it waits for them, and nothing else is received. */
    private boolean dropped() {
        if (heldCount < held.length) {
            port.setReceiving(false);
            return false;
        }
        frameBytes = 0;
        counters.addDropped();
        return true;
    }

    private void hold(long wantedBytes) {
        while ((heldCount == 0 || heldBytes < wantedBytes) && heldCount < held.length && queue.pop(chain(heldCount))) {
            DescriptorChain chain = chain(heldCount);
            if (chain.readableBytes() != 0) {
                throw new GuestFaultException("receive buffer has " + chain.readableBytes() + " readable bytes");
            }
            if (chain.writableBytes() < NetHeader.BYTES) {
                throw new GuestFaultException("receive buffer of " + chain.writableBytes()
                        + " bytes is too small for the header of " + NetHeader.BYTES);
            }
            heldCount++;
            heldBytes += chain.writableBytes();
        }
    }

    private DescriptorChain chain(int index) {
        return held[(firstHeld + index) % held.length];
    }

    private void deliver() {
        MemorySegment rest = port.rest();
        long restOffset = port.restOffset();
        int placed = port.placedBytes();
        int buffers = countBuffers();
        if (placed == 0) {
            rest.set(U16, restOffset + NetHeader.BUFFERS_OFFSET, (short) buffers);
        }
        int left = frameBytes;
        for (int i = 0; i < buffers; i++) {
            DescriptorChain chain = chain(0);
            int part = (int) Math.min(chain.writableBytes(), left);
            int direct = Math.min(part, placed);
            if (i == 0 && direct > 0) {
                writeBufferCount(chain, buffers, direct);
            } else {
                chain.written(direct);
            }
            chain.write(rest, restOffset, part - direct);
            restOffset += part - direct;
            placed -= direct;
            left -= part;
            release(chain);
        }
        counters.addFrame(frameBytes - NetHeader.BYTES);
        frameBytes = 0;
    }

    private int countBuffers() {
        int buffers = 0;
        for (long bytes = 0; bytes < frameBytes; buffers++) {
            bytes += chain(buffers).writableBytes();
        }
        return buffers;
    }

    /** The kernel leaves the field alone that tells how many buffers the frame takes. */
    private void writeBufferCount(DescriptorChain chain, int buffers, int direct) {
        bufferCount[0] = (byte) buffers;
        bufferCount[1] = (byte) (buffers >>> Byte.SIZE);
        chain.written(NetHeader.BUFFERS_OFFSET);
        chain.write(bufferCount, 0, bufferCount.length);
        chain.written(direct - NetHeader.BYTES);
    }

    private void release(DescriptorChain chain) {
        queue.addUsed(chain);
        heldBytes -= chain.writableBytes();
        heldCount--;
        firstHeld = (firstHeld + 1) % held.length;
    }
}
