package jinn.virtio.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jinn.memory.IoVector;
import jinn.virtio.net.FramePort;
import jinn.virtio.net.NetBackend;
import jinn.virtio.net.NetHeader;

/** A host that always has a frame and takes all, without creating objects. */
final class FakeEndlessNet implements NetBackend, FramePort {

    private final MemorySegment rest = Arena.ofAuto().allocate(1600);

    @Override
    public long offloads() {
        return 0;
    }

    @Override
    public int pairs() {
        return 1;
    }

    @Override
    public boolean isLinkUp() {
        return true;
    }

    @Override
    public void start(long features, Listener listener) {}

    @Override
    public void stop() {}

    @Override
    public void usePairs(int count) {}

    @Override
    public FramePort port(int pair) {
        return this;
    }

    @Override
    public int directBytes() {
        return 0;
    }

    @Override
    public int receive(IoVector places) {
        return NetHeader.BYTES + 60;
    }

    @Override
    public int placedBytes() {
        return 0;
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
    public void setReceiving(boolean wanted) {}

    @Override
    public Sending send(IoVector frame) {
        return Sending.SENT;
    }
}
