package jinn.vm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;

/**
 * The guest's output, byte for byte, to one descriptor, which stays the caller's.
 *
 * <p>Several consoles on several threads may write; each call's bytes stay together. A call blocks while the reader does
 * not keep up, and with it the guest. Whoever else writes to the same place does so by {@link #interject}, and does not
 * cut a line of the guest in two.
 */
public final class TerminalOutput {

    private static final int BUFFER_BYTES = 4096;

    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LONGEST_LINE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What somebody else writes to where the guest's output goes. */
    @FunctionalInterface
    public interface Interjection {

        /**
         * Writes whole lines; no console writes meanwhile.
         *
         * @param lineIsOpen whether the guest's last line has not ended: what follows it needs a line end first
         */
        void write(boolean lineIsOpen);
    }

    private final FileDescriptor fd;
    private final long quietNanos;
    private final long longestNanos;

    /** Fair: whoever has waited for the end of a line comes before the next line's first byte. */
    private final ReentrantLock lock = new ReentrantLock(true);

    private final Condition lineEnded = lock.newCondition();

    /* Guarded by the lock. */
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);
    private boolean lineIsOpen;
    private long newestNanos;

    /**
     * Makes an output with other times.
     *
     * @param quietNanos how long a line does not grow that is taken for a prompt
     * @param longestNanos how long a line may grow while somebody waits for its end
     */
    TerminalOutput(FileDescriptor fd, long quietNanos, long longestNanos) {
        this.fd = fd;
        this.quietNanos = quietNanos;
        this.longestNanos = longestNanos;
    }

    /** Writes to the descriptor {@code number}, which the caller leaves open as long as the VM lives. */
    public static TerminalOutput to(int number) {
        return new TerminalOutput(FileDescriptor.borrowing(number, "the output"), QUIET_NANOS, LONGEST_LINE_NANOS);
    }

    void write(byte value) {
        lock.lock();
        try {
            buffer.set(ValueLayout.JAVA_BYTE, 0, value);
            flush(1);
            follow(value);
        } finally {
            lock.unlock();
        }
    }

    void write(byte[] bytes, int offset, int length) {
        lock.lock();
        try {
            int done = 0;
            while (done < length) {
                int part = Math.min(length - done, BUFFER_BYTES);
                MemorySegment.copy(bytes, offset + done, buffer, ValueLayout.JAVA_BYTE, 0, part);
                flush(part);
                done += part;
            }
            int last = length - 1;
            while (last > 0 && bytes[offset + last] == '\r') {
                last--;
            }
            if (last >= 0) {
                follow(bytes[offset + last]);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets somebody else write, on the calling thread, between two lines of the guest. A line that the guest has begun gets
     * the time to end: until nothing of it came for 250 ms, and 1 s in all. An interrupt of the thread ends the wait, and
     * stays set.
     */
    public void interject(Interjection interjection) {
        lock.lock();
        try {
            awaitLineEnd();
            interjection.write(lineIsOpen);
            lineIsOpen = false;
        } finally {
            lock.unlock();
        }
    }

    private void awaitLineEnd() {
        long start = System.nanoTime();
        long left = longestNanos;
        try {
            while (lineIsOpen && left > 0) {
                long now = System.nanoTime();
                left = Math.min(quietNanos - (now - newestNanos), longestNanos - (now - start));
                if (left > 0) {
                    lineEnded.awaitNanos(left);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Notes what the guest wrote last. A carriage return neither begins nor ends a line. */
    private void follow(byte value) {
        newestNanos = System.nanoTime();
        if (value == '\n') {
            lineIsOpen = false;
            lineEnded.signalAll();
        } else if (value != '\r') {
            lineIsOpen = true;
        }
    }

    private void flush(int length) {
        long done = 0;
        while (done < length) {
            MemorySegment rest = done == 0 ? buffer : buffer.asSlice(done);
            long written = fd.write(rest, length - done);
            if (written >= 0) {
                done += written;
            } else if (written == -Errno.EAGAIN.number()) {
                // Somebody who shares the open file made it non-blocking.
                fd.awaitWritable();
            } else if (written != -Errno.EINTR.number()) {
                throw Errno.exception("cannot write the guest's output to " + fd, (int) -written);
            }
        }
    }
}
