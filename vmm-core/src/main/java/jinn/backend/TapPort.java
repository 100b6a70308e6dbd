package jinn.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jinn.event.EventLoop;
import jinn.memory.IoVector;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;
import jinn.posix.Tap;
import jinn.virtio.net.FramePort;
import jinn.virtio.net.NetHeader;

/**
 * One queue of a tap interface. The kernel reads and writes the guest's memory itself; only the end of a frame for which
 * the guest has given too few buffers lands here.
 */
final class TapPort implements FramePort, FramePoll.Listener {

    /** Header, Ethernet header with a VLAN tag, and the longest packet or segment. */
    private static final int LONGEST_BYTES = NetHeader.BYTES + 18 + 0xffff;

    /** The same with the usual packet of 1500 bytes. A longer one may still come, if somebody has raised the MTU. */
    private static final int USUAL_BYTES = NetHeader.BYTES + 18 + 1500;

    private final TapBackend backend;
    private final int pair;
    private final Tap tap;
    private final FileDescriptor descriptor;
    private final FramePoll poll;
    private final MemorySegment rest = Arena.ofAuto().allocate(LONGEST_BYTES);

    private boolean attached = true;
    private int directBytes = USUAL_BYTES;
    private int placedBytes;

    TapPort(TapBackend backend, int pair, Tap tap, EventLoop loop) {
        this.backend = backend;
        this.pair = pair;
        this.tap = tap;
        this.descriptor = tap.descriptor();
        this.poll = new FramePoll(loop, descriptor, this);
    }

    void setOffloads(int offloads) {
        tap.setOffloads(offloads);
        directBytes = offloads > Tap.OFFLOAD_CHECKSUM ? LONGEST_BYTES : USUAL_BYTES;
    }

    /** Poll says at once that a detached queue has failed, so it must not be waited for then. */
    void setAttached(boolean wanted) {
        if (wanted != attached) {
            poll.stop();
            tap.setAttached(wanted);
            attached = wanted;
        }
    }

    void start() {
        poll.start();
    }

    void stop() {
        poll.stop();
    }

    void close() {
        descriptor.close();
    }

    @Override
    public int directBytes() {
        return directBytes;
    }

    @Override
    public int receive(IoVector places) {
        long room = places.bytes();
        places.add(rest);
        long read = descriptor.readVector(places.elements(), places.count());
        if (read > 0) {
            placedBytes = (int) Math.min(read, room);
            return (int) read;
        }
        if (read != -Errno.EAGAIN.number() && read != -Errno.EINTR.number()) {
            backend.lose(read == 0 ? "no frames any more" : Errno.describe((int) -read));
        }
        return NONE;
    }

    @Override
    public int placedBytes() {
        return placedBytes;
    }

    @Override
    public MemorySegment rest() {
        return rest;
    }

    @Override
    public long restOffset() {
        return 0;
    }

    @Override
    public void setReceiving(boolean wanted) {
        poll.setInput(wanted);
    }

    @Override
    public Sending send(IoVector frame) {
        long written;
        do {
            written = descriptor.writeVector(frame.elements(), frame.count());
        } while (written == -Errno.EINTR.number());
        boolean later = written == -Errno.EAGAIN.number();
        poll.setOutput(later);
        if (later) {
            return Sending.LATER;
        }
        if (written < 0) {
            backend.warnOfLoss((int) -written);
            return Sending.DROPPED;
        }
        return Sending.SENT;
    }

    @Override
    public void inputReady() {
        backend.listener().receivable(pair);
    }

    @Override
    public void outputReady() {
        backend.listener().sendable(pair);
    }

    @Override
    public void hungUp() {
        backend.lose("poll reports an error");
    }
}
