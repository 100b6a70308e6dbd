package jinn.vm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jinn.error.SyscallException;
import jinn.event.EventLoop;
import jinn.event.Registration;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;

/**
 * The user's input on its way to one console. All but {@link #start} and {@link #close} runs on the event loop's thread.
 *
 * <p>What the guest does not take yet waits here. From a file or pipe nothing more is read until there is room. A terminal
 * is always read, or the escape key would not get through to end a guest that takes nothing; what it sends beyond the
 * room is dropped.
 */
final class TerminalInput implements AutoCloseable {

    private static final int CAPACITY_BYTES = 4096;
    private static final int READ_BYTES = 1024;

    private final EventLoop loop;
    private final FileDescriptor fd;
    private final InputSink sink;
    private final boolean interactive;
    private final Runnable escape;
    private final MemorySegment readBuffer = Arena.ofAuto().allocate(READ_BYTES);
    private final byte[] waiting = new byte[CAPACITY_BYTES];
    private int waitingLength;
    private Registration registration;
    private boolean pollable = true;
    private boolean readPosted;
    private boolean ended;

    /**
     * Makes an input that is not read yet.
     *
     * @param interactive whether {@code fd} is a terminal in raw mode, with an escape key
     * @param escape called when the escape key is pressed or the terminal goes away
     */
    TerminalInput(EventLoop loop, FileDescriptor fd, InputSink sink, boolean interactive, Runnable escape) {
        this.loop = loop;
        this.fd = fd;
        this.sink = sink;
        this.interactive = interactive;
        this.escape = escape;
    }

    /** Begins to read. */
    void start() {
        sink.onSpace(() -> loop.execute(this::resume));
        loop.executeAndWait(this::listen);
    }

    private void listen() {
        if (ended || registration != null || readBytes() == 0) {
            return;
        }
        if (pollable) {
            try {
                registration = loop.register(fd, this::readOnce);
                return;
            } catch (SyscallException e) {
                if (e.errno() != Errno.EPERM.number()) {
                    throw e;
                }
                // A regular file or /dev/null: always readable, so there is nothing to wait for.
                pollable = false;
            }
        }
        if (!readPosted) {
            readPosted = true;
            loop.execute(this::readUnpollable);
        }
    }

    private void readUnpollable() {
        readPosted = false;
        if (!ended) {
            readOnce();
            listen();
        }
    }

    private void readOnce() {
        long count = fd.read(readBuffer, readBytes());
        if (count == -Errno.EINTR.number() || count == -Errno.EAGAIN.number()) {
            return;
        }
        if (count <= 0) {
            end();
            return;
        }
        for (int i = 0; i < count; i++) {
            accept(readBuffer.get(ValueLayout.JAVA_BYTE, i));
        }
        deliver();
    }

    private void accept(byte value) {
        if (interactive && value == TerminalIo.ESCAPE) {
            escape.run();
        } else if (waitingLength < CAPACITY_BYTES) {
            waiting[waitingLength++] = value;
        }
    }

    /** Returns how much to read at most: no more than there is room for, unless the escape key may be in it. */
    private int readBytes() {
        return interactive ? READ_BYTES : Math.min(READ_BYTES, CAPACITY_BYTES - waitingLength);
    }

    private void deliver() {
        int taken = sink.receive(waiting, 0, waitingLength);
        waitingLength -= taken;
        System.arraycopy(waiting, taken, waiting, 0, waitingLength);
        if (readBytes() == 0) {
            pause();
        }
    }

    private void resume() {
        if (waitingLength > 0) {
            deliver();
        }
        listen();
    }

    private void pause() {
        if (registration != null) {
            registration.close();
            registration = null;
        }
    }

    /** The end of the input ends the VM only if it was a terminal: nobody could type anything any more. */
    private void end() {
        stop();
        if (interactive) {
            escape.run();
        }
    }

    private void stop() {
        ended = true;
        pause();
    }

    /** Stops reading. A second call does nothing. */
    @Override
    public void close() {
        loop.executeAndWait(this::stop);
    }
}
