package jinn.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jinn.event.EventLoop;
import jinn.memory.IoVector;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;
import jinn.virtio.net.FramePort;
import jinn.virtio.net.NetHeader;

/**
 * Frames on a stream: a big-endian length of 32 bits before each, and no virtio header.
 *
 * <p>One read gives as many frames as there are, into a buffer from where they are copied to the guest. Frames to the
 * stream are taken from the guest's memory by the kernel.
 */
final class PasstPort implements FramePort, FramePoll.Listener {

    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int LENGTH_BYTES = Integer.BYTES;

    private static final int SHORTEST_FRAME = 14;
    private static final int LONGEST_FRAME = 18 + 0xffff;

    /** The virtio header takes the place of the length and of bytes before it. */
    private static final int HEADROOM = NetHeader.BYTES - LENGTH_BYTES;

    /** Room for two of the longest frames, so that one read can end in the middle of the second. */
    private static final int BUFFER_BYTES = HEADROOM + 2 * (LENGTH_BYTES + LONGEST_FRAME);

    private final PasstBackend backend;
    private final FileDescriptor socket;
    private final FramePoll poll;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);
    private final IoVector room = new IoVector(1, Arena.ofAuto());

    /** What was read and not yet received lies from {@link #start} to {@link #end}, and begins with a length. */
    private int start = HEADROOM;

    private int end = HEADROOM;
    private long restOffset;

    private final MemorySegment prefix = Arena.ofAuto().allocate(LENGTH_BYTES);

    /** Whether the length of the frame at hand has been put in front of it. */
    private boolean begun;

    /** How many bytes the frame at hand has with its length, and how many of them still have to be sent. */
    private long frameBytes;

    private long unsentBytes;

    /** Bytes that are still owed for a frame which the guest's reset has cut off. */
    private long owedBytes;

    private final MemorySegment zeros = Arena.ofAuto().allocate(LONGEST_FRAME);

    PasstPort(PasstBackend backend, FileDescriptor socket, EventLoop loop) {
        this.backend = backend;
        this.socket = socket;
        this.poll = new FramePoll(loop, socket, this);
    }

    void start() {
        poll.start();
    }

    /** A frame that was sent in part is filled up later, since the other end waits for all of its bytes. */
    void stop() {
        poll.stop();
        if (begun && unsentBytes < frameBytes) {
            owedBytes = unsentBytes;
        }
        begun = false;
    }

    @Override
    public int directBytes() {
        return 0;
    }

    @Override
    public int receive(IoVector places) {
        if (!hasFrame() && !fill()) {
            return NONE;
        }
        int length = buffer.get(LENGTH, start);
        restOffset = (long) start - HEADROOM;
        for (int offset = 0; offset < NetHeader.BYTES; offset += Integer.BYTES) {
            buffer.set(LENGTH, restOffset + offset, 0);
        }
        start += LENGTH_BYTES + length;
        return NetHeader.BYTES + length;
    }

    private boolean hasFrame() {
        int available = end - start;
        if (available < LENGTH_BYTES || backend.isLost()) {
            return false;
        }
        int length = buffer.get(LENGTH, start);
        if (length < SHORTEST_FRAME || length > LONGEST_FRAME) {
            backend.lose("it sent a frame of " + Integer.toUnsignedString(length) + " bytes");
            return false;
        }
        return available >= LENGTH_BYTES + length;
    }

    /** Reads until there is a frame. Returns whether there is. */
    private boolean fill() {
        MemorySegment.copy(buffer, start, buffer, HEADROOM, end - start);
        end -= start - HEADROOM;
        start = HEADROOM;
        while (!backend.isLost() && !hasFrame()) {
            room.clear();
            room.add(buffer, end, BUFFER_BYTES - end);
            long read = socket.readVector(room.elements(), 1);
            if (read == -Errno.EAGAIN.number()) {
                return false;
            }
            if (read > 0) {
                end += (int) read;
            } else if (read != -Errno.EINTR.number()) {
                backend.lose(read == 0 ? "without a message" : Errno.describe((int) -read));
            }
        }
        return !backend.isLost();
    }

    @Override
    public int placedBytes() {
        return 0;
    }

    @Override
    public MemorySegment rest() {
        return buffer;
    }

    @Override
    public long restOffset() {
        return restOffset;
    }

    @Override
    public void setReceiving(boolean wanted) {
        poll.setInput(wanted);
    }

    @Override
    public Sending send(IoVector frame) {
        if (backend.isLost()) {
            begun = false;
            return Sending.DROPPED;
        }
        if (owedBytes > 0 && !fillUp()) {
            return later();
        }
        if (!begun) {
            begun = true;
            frame.advance(NetHeader.BYTES);
            prefix.set(LENGTH, 0, (int) frame.bytes());
            frame.prepend(prefix);
            frameBytes = frame.bytes();
        }
        while (frame.bytes() > 0) {
            long written = write(frame);
            if (written < 0) {
                unsentBytes = frame.bytes();
                return later();
            }
            frame.advance(written);
        }
        begun = false;
        poll.setOutput(false);
        return Sending.SENT;
    }

    /** Sends what is owed. Returns whether all of it has gone. */
    private boolean fillUp() {
        while (owedBytes > 0) {
            room.clear();
            room.add(zeros, 0, Math.min(owedBytes, zeros.byteSize()));
            long written = write(room);
            if (written < 0) {
                return false;
            }
            owedBytes -= written;
        }
        return true;
    }

    /** Writes once. Returns how many bytes, or -1 when the stream takes no more for now or for good. */
    private long write(IoVector pieces) {
        long written;
        do {
            written = socket.writeVector(pieces.elements(), pieces.count());
        } while (written == -Errno.EINTR.number());
        if (written < 0 && written != -Errno.EAGAIN.number()) {
            backend.lose(Errno.describe((int) -written));
        }
        return Math.max(written, -1);
    }

    private Sending later() {
        if (backend.isLost()) {
            begun = false;
            return Sending.DROPPED;
        }
        poll.setOutput(true);
        return Sending.LATER;
    }

    @Override
    public void inputReady() {
        backend.listener().receivable(0);
    }

    @Override
    public void outputReady() {
        backend.listener().sendable(0);
    }

    @Override
    public void hungUp() {
        backend.lose("without a message");
    }
}
