package jinn.virtio.vsock;

import jinn.memory.IoVector;

/** The host's end of a connection: a stream of bytes in each direction. For the thread of the device's queues. */
public interface HostStream {

    /** Returned by {@link #read} and {@link #write} when nothing can be moved now. */
    int BLOCKED = -1;

    /** Returned by {@link #read} and {@link #write} when the other end has broken off. */
    int BROKEN = -2;

    /** Reads what is there into the places. Returns how many bytes, 0 at the end, {@link #BLOCKED} or {@link #BROKEN}. */
    long read(IoVector places);

    /** Writes the pieces, as far as they are taken. Returns how many bytes, {@link #BLOCKED} or {@link #BROKEN}. */
    long write(IoVector pieces);

    /** Tells the other end that nothing more will be written. */
    void endOutput();

    /** Tells the other end that nothing more will be read. */
    void endInput();

    /** Returns whether the other end neither reads nor writes any more. */
    boolean isHungUp();

    /**
     * Sets who is called when the stream has input or an end, has room for output, or has hung up, and says what is
     * wanted.
     */
    void watch(Runnable listener, boolean input, boolean output);

    /** Tells a program that has asked for the connection that it has it. */
    void confirm(int hostPort);

    /** Ends both directions. */
    void close();
}
