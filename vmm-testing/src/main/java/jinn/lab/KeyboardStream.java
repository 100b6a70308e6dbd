package jinn.lab;

import java.io.InputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** What is typed, as a stream for whoever sends it to the container. */
final class KeyboardStream extends InputStream {

    /** An empty array is the end. */
    private final BlockingQueue<byte[]> typed = new LinkedBlockingQueue<>();

    private byte[] current = {};
    private int next;

    void send(byte[] bytes) {
        if (bytes.length > 0) {
            typed.add(bytes.clone());
        }
    }

    /** Lets the reader see the end, behind what was sent. */
    @Override
    public void close() {
        typed.add(new byte[0]);
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (!awaitTyped()) {
            return -1;
        }
        int count = Math.min(length, current.length - next);
        System.arraycopy(current, next, buffer, offset, count);
        next += count;
        return count;
    }

    /** Waits until there is something to read; returns false at the end. An interrupt ends the stream. */
    private boolean awaitTyped() {
        if (next < current.length) {
            return true;
        }
        try {
            current = typed.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        next = 0;
        if (current.length == 0) {
            typed.add(current);
            return false;
        }
        return true;
    }
}
