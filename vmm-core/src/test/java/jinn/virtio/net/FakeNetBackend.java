package jinn.virtio.net;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import jinn.memory.IoVector;

/** A host's end that the test feeds with frames, and that keeps those it gets. Frames have their header. */
public final class FakeNetBackend implements NetBackend {

    private final long offloads;
    /** The pairs. */
    public final List<FakePort> ports = new ArrayList<>();

    /** What {@link #start} was told; null before it and after {@link #stop}. */
    Listener listener;

    long features;
    int usedPairs;
    boolean linkUp = true;

    /**
     * Makes a backend.
     *
     * @param directBytes what each port asks places for; 0 for a port that copies everything
     */
    public FakeNetBackend(int pairs, long offloads, int directBytes) {
        this.offloads = offloads;
        for (int i = 0; i < pairs; i++) {
            ports.add(new FakePort(directBytes));
        }
    }

    @Override
    public long offloads() {
        return offloads;
    }

    @Override
    public int pairs() {
        return ports.size();
    }

    @Override
    public boolean isLinkUp() {
        return linkUp;
    }

    @Override
    public void start(long newFeatures, Listener newListener) {
        features = newFeatures;
        listener = newListener;
    }

    @Override
    public void stop() {
        listener = null;
    }

    @Override
    public void usePairs(int count) {
        usedPairs = count;
    }

    @Override
    public FramePort port(int pair) {
        return ports.get(pair);
    }

    /** One pair's end. */
    public static final class FakePort implements FramePort {

        private final int directBytes;
        private final MemorySegment rest = Arena.ofAuto().allocate(70_000);
        /** What the next calls of {@link #receive} give. */
        public final Deque<byte[]> incoming = new ArrayDeque<>();

        final List<byte[]> outgoing = new ArrayList<>();
        Sending answer = Sending.SENT;
        boolean receiving = true;
        int placedBytes;

        FakePort(int directBytes) {
            this.directBytes = directBytes;
        }

        @Override
        public int directBytes() {
            return directBytes;
        }

        @Override
        public int receive(IoVector places) {
            byte[] frame = incoming.poll();
            if (frame == null) {
                return NONE;
            }
            int done = 0;
            for (int i = 0; i < places.count() && done < frame.length; i++) {
                MemorySegment place = piece(places, i);
                int part = (int) Math.min(place.byteSize(), frame.length - done);
                MemorySegment.copy(frame, done, place, ValueLayout.JAVA_BYTE, 0, part);
                done += part;
            }
            placedBytes = done;
            MemorySegment.copy(frame, done, rest, ValueLayout.JAVA_BYTE, 0, frame.length - done);
            return frame.length;
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
            receiving = wanted;
        }

        @Override
        public Sending send(IoVector frame) {
            if (answer == Sending.SENT) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                for (int i = 0; i < frame.count(); i++) {
                    bytes.writeBytes(piece(frame, i).toArray(ValueLayout.JAVA_BYTE));
                }
                outgoing.add(bytes.toByteArray());
            }
            return answer;
        }

        @SuppressWarnings("restricted")
        private static MemorySegment piece(IoVector vector, int index) {
            MemorySegment elements = vector.elements();
            long element = (long) IoVector.ELEMENT_BYTES * index;
            return MemorySegment.ofAddress(elements.get(ValueLayout.JAVA_LONG, element))
                    .reinterpret(elements.get(ValueLayout.JAVA_LONG, element + Long.BYTES));
        }
    }
}
