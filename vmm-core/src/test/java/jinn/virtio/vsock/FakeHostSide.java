package jinn.virtio.vsock;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jinn.memory.IoVector;

/** Programs of the host that the test plays. A connection works only to ports that the test has prepared. */
public final class FakeHostSide implements HostSide {

    /** By port. */
    public final Map<Integer, FakeStream> listening = new HashMap<>();

    final List<Integer> asked = new ArrayList<>();

    /** Null while the device is not active. */
    Acceptor acceptor;

    @Override
    public void start(Acceptor newAcceptor) {
        acceptor = newAcceptor;
    }

    @Override
    public void stop() {
        acceptor = null;
    }

    @Override
    public Optional<HostStream> connect(int hostPort) {
        asked.add(hostPort);
        return Optional.ofNullable(listening.get(hostPort));
    }

    /** A program's end of a connection. */
    public static final class FakeStream implements HostStream {

        /** What the program has written and the device has not read; ends with {@link #ended}. */
        public byte[] incoming = new byte[0];

        boolean ended;
        boolean hungUp;

        /** How many bytes the program still takes. */
        public int room = Integer.MAX_VALUE;

        final ByteArrayOutputStream outgoing = new ByteArrayOutputStream();
        boolean outputEnded;
        boolean inputEnded;
        boolean closed;
        int confirmed;
        boolean wantsInput;
        boolean wantsOutput;
        Runnable listener = () -> {};

        @Override
        public long read(IoVector places) {
            if (incoming.length == 0) {
                return ended ? 0 : BLOCKED;
            }
            int done = 0;
            for (int i = 0; i < places.count() && done < incoming.length; i++) {
                MemorySegment place = piece(places, i);
                int part = (int) Math.min(place.byteSize(), incoming.length - done);
                MemorySegment.copy(incoming, done, place, ValueLayout.JAVA_BYTE, 0, part);
                done += part;
            }
            incoming = Arrays.copyOfRange(incoming, done, incoming.length);
            return done;
        }

        @Override
        public long write(IoVector pieces) {
            if (hungUp) {
                return BROKEN;
            }
            int done = 0;
            for (int i = 0; i < pieces.count() && done < room; i++) {
                byte[] bytes = piece(pieces, i).toArray(ValueLayout.JAVA_BYTE);
                int part = Math.min(bytes.length, room - done);
                outgoing.write(bytes, 0, part);
                done += part;
            }
            room -= done;
            return done == 0 ? BLOCKED : done;
        }

        @SuppressWarnings("restricted")
        private static MemorySegment piece(IoVector vector, int index) {
            MemorySegment elements = vector.elements();
            long element = (long) IoVector.ELEMENT_BYTES * index;
            return MemorySegment.ofAddress(elements.get(ValueLayout.JAVA_LONG, element))
                    .reinterpret(elements.get(ValueLayout.JAVA_LONG, element + Long.BYTES));
        }

        @Override
        public void endOutput() {
            outputEnded = true;
        }

        @Override
        public void endInput() {
            inputEnded = true;
        }

        @Override
        public boolean isHungUp() {
            return hungUp;
        }

        @Override
        public void watch(Runnable newListener, boolean input, boolean output) {
            listener = newListener;
            wantsInput = input;
            wantsOutput = output;
        }

        @Override
        public void confirm(int hostPort) {
            confirmed = hostPort;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
