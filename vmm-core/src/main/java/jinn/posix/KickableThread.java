package jinn.posix;

import java.lang.foreign.MemorySegment;

/**
 * A thread that blocks in system calls and that others can get out of them.
 *
 * <p>A kick makes the call in which the thread is blocked return EINTR. A kick that arrives between two calls has no
 * effect, so a caller needs a flag that the thread reads before each call, and a way to make a call that starts after the
 * kick return at once (for a vCPU: immediate_exit).
 */
public final class KickableThread {

    private final long pthread;
    private boolean ended;

    private KickableThread(long pthread) {
        this.pthread = pthread;
    }

    /** Prepares the calling platform thread: it gets no signals from now on but kicks and those of its own faults. */
    public static KickableThread prepareCurrent() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread cannot be kicked");
        }
        Signals.blockAllButKick();
        return new KickableThread(Libc.pthread_self(CallState.ofThread()));
    }

    /** Kicks the thread; does nothing once it has called {@link #end}. */
    public synchronized void kick() {
        if (ended) {
            return;
        }
        MemorySegment state = CallState.ofThread();
        int error = Libc.pthread_kill(state, pthread, Signals.KICK);
        if (error != 0) {
            throw Errno.exception("cannot kick a thread", error);
        }
    }

    /** Called by the thread itself before it ends: afterwards its id may belong to another thread. */
    public synchronized void end() {
        ended = true;
    }
}
