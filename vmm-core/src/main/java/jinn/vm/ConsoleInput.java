package jinn.vm;

import jinn.event.EventLoop;

/**
 * The one way to the console that takes input: the user's terminal and those who type from elsewhere share it.
 *
 * <p>What is typed from elsewhere waits here until the guest takes it, up to {@value #CAPACITY_BYTES} bytes.
 */
final class ConsoleInput implements InputSink {

    private static final int CAPACITY_BYTES = 4096;

    private final EventLoop loop;
    private final InputSink sink;
    private volatile Runnable terminal = () -> {};
    private volatile Runnable typist = () -> {};

    /** Guards the two below. */
    private final Object lock = new Object();

    private final byte[] waiting = new byte[CAPACITY_BYTES];
    private int waitingLength;
    private boolean wasFull;

    /**
     * Makes the way.
     *
     * @param loop on whose thread the console takes input
     */
    ConsoleInput(EventLoop loop, InputSink sink) {
        this.loop = loop;
        this.sink = sink;
        sink.onSpace(() -> loop.execute(this::goOn));
    }

    /** Returns the loop on whose thread {@link #receive} is to be called. */
    EventLoop loop() {
        return loop;
    }

    @Override
    public int receive(byte[] bytes, int offset, int length) {
        return sink.receive(bytes, offset, length);
    }

    @Override
    public void resize(int columns, int rows) {
        sink.resize(columns, rows);
    }

    @Override
    public void onSpace(Runnable listener) {
        terminal = listener;
    }

    /** Sets whom to call, on the loop's thread, when {@link #type} can take more after it did not take all. */
    void onRoom(Runnable listener) {
        typist = listener;
    }

    /** Takes up to as many bytes as there is room for, from any thread. Returns how many. */
    int type(byte[] bytes) {
        int taken;
        synchronized (lock) {
            taken = Math.min(bytes.length, CAPACITY_BYTES - waitingLength);
            System.arraycopy(bytes, 0, waiting, waitingLength, taken);
            waitingLength += taken;
            wasFull |= taken < bytes.length;
        }
        if (taken > 0) {
            loop.execute(this::deliver);
        }
        return taken;
    }

    boolean hasRoom() {
        synchronized (lock) {
            return waitingLength < CAPACITY_BYTES;
        }
    }

    private void goOn() {
        deliver();
        terminal.run();
    }

    private void deliver() {
        boolean room;
        synchronized (lock) {
            int taken = sink.receive(waiting, 0, waitingLength);
            waitingLength -= taken;
            System.arraycopy(waiting, taken, waiting, 0, waitingLength);
            room = wasFull && waitingLength < CAPACITY_BYTES;
            wasFull &= !room;
        }
        if (room) {
            typist.run();
        }
    }
}
