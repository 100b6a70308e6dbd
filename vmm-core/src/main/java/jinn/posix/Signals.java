package jinn.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jinn.error.HostException;

/**
 * The kick: a real-time signal whose only effect is that a blocking system call of the thread that gets it returns
 * EINTR.
 *
 * <p>Its handler is libc's {@code abs}, a function that takes an int and touches nothing. No Java code runs in a signal
 * handler, since the JVM could be in any state at that moment.
 */
final class Signals {

    /** Offset from SIGRTMIN. HotSpot uses no real-time signal, and libc keeps the two below SIGRTMIN to itself. */
    private static final int KICK_OFFSET = 5;

    /** Size of glibc's sigset_t. */
    private static final long SIGSET_BYTES = 128;

    /** glibc's struct sigaction on 64-bit Linux: handler, mask, flags, restorer. */
    private static final long SIGACTION_BYTES = 152;

    private static final long SIGACTION_MASK_OFFSET = 8;
    private static final int SIG_SETMASK = 2;

    /** ILL, TRAP, ABRT, BUS, FPE, SEGV, SYS: caused by the thread's own instructions; HotSpot needs them delivered. */
    private static final int[] SYNCHRONOUS = {4, 5, 6, 7, 8, 11, 31};

    /** The kick's signal number. Initialising it installs the handler, once in the process. */
    static final int KICK = installKick();

    private Signals() {}

    private static int installKick() {
        MemorySegment state = CallState.ofThread();
        int signal = Libc.sigrtmin(state) + KICK_OFFSET;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment action = arena.allocate(SIGACTION_BYTES, Long.BYTES);
            // Flags stay 0: with SA_RESTART the kernel would resume the call instead of returning EINTR.
            action.set(ValueLayout.ADDRESS, 0, Libc.address("abs"));
            check(Libc.sigemptyset(state, action.asSlice(SIGACTION_MASK_OFFSET, SIGSET_BYTES)), state);
            check(Libc.sigaction(state, signal, action), state);
        }
        return signal;
    }

    /** Blocks every signal in the calling thread but the kick and the synchronous ones. */
    static void blockAllButKick() {
        MemorySegment state = CallState.ofThread();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = arena.allocate(SIGSET_BYTES, Long.BYTES);
            check(Libc.sigfillset(state, set), state);
            check(Libc.sigdelset(state, set, KICK), state);
            for (int signal : SYNCHRONOUS) {
                check(Libc.sigdelset(state, set, signal), state);
            }
            int error = Libc.pthread_sigmask(state, SIG_SETMASK, set);
            if (error != 0) {
                throw Errno.exception(
                        "cannot block signals in " + Thread.currentThread().getName(), error);
            }
        }
    }

    private static void check(int result, MemorySegment state) {
        if (result < 0) {
            throw new HostException("cannot set up signals: " + Errno.describe(CallState.errno(state)));
        }
    }
}
