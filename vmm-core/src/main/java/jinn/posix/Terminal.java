package jinn.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A terminal in raw mode: every key reaches the reader as it is typed, and output is not changed on its way.
 *
 * <p>{@link #close} puts the old mode back. So does the end of the JVM, also by SIGINT, SIGTERM and SIGHUP.
 */
public final class Terminal implements AutoCloseable {

    /** More than any struct termios: 60 bytes with glibc on Linux. */
    private static final long TERMIOS_BYTES = 256;

    private static final int TCSANOW = 0;

    /** Request of asm-generic/ioctls.h: struct winsize, whose first two fields of 16 bits are rows and columns. */
    private static final long TIOCGWINSZ = 0x5413;

    private static final long WINSIZE_BYTES = 8;

    /**
     * A terminal's size in characters; 0 by 0 if nobody knows it.
     *
     * @param columns the width, up to 65535
     * @param rows the height, up to 65535
     */
    public record Size(int columns, int rows) {}

    private final FileDescriptor fd;
    private final MemorySegment original = Arena.ofAuto().allocate(TERMIOS_BYTES, Long.BYTES);
    private final Thread restoreAtExit = new Thread(this::restore, "terminal-restore");
    private boolean raw;

    private Terminal(FileDescriptor fd) {
        this.fd = fd;
    }

    /** Returns whether {@code fd} is a terminal. */
    public static boolean isTerminal(FileDescriptor fd) {
        return Libc.isatty(CallState.ofThread(), fd.number()) == 1;
    }

    /** Returns the size that the terminal {@code fd} has now. */
    public static Size size(FileDescriptor fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(WINSIZE_BYTES, Short.BYTES);
            if (fd.ioctl(TIOCGWINSZ, size) < 0) {
                return new Size(0, 0);
            }
            return new Size(
                    Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, Short.BYTES)),
                    Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 0)));
        }
    }

    /** Switches the terminal {@code fd} to raw mode. */
    public static Terminal enterRawMode(FileDescriptor fd) {
        Terminal terminal = new Terminal(fd);
        // The hook comes first: a JVM that is already ending refuses it, and then the mode has not been touched.
        Runtime.getRuntime().addShutdownHook(terminal.restoreAtExit);
        try {
            terminal.makeRaw();
        } catch (RuntimeException e) {
            terminal.removeHook();
            throw e;
        }
        return terminal;
    }

    private synchronized void makeRaw() {
        MemorySegment state = CallState.ofThread();
        if (Libc.tcgetattr(state, fd.number(), original) < 0) {
            throw Errno.exception("cannot read the mode of " + fd, CallState.errno(state));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment changed = arena.allocate(TERMIOS_BYTES, Long.BYTES).copyFrom(original);
            Libc.cfmakeraw(changed);
            if (Libc.tcsetattr(state, fd.number(), TCSANOW, changed) < 0) {
                throw Errno.exception("cannot set raw mode on " + fd, CallState.errno(state));
            }
        }
        raw = true;
    }

    private synchronized void restore() {
        if (!raw) {
            return;
        }
        raw = false;
        MemorySegment state = CallState.ofThread();
        if (Libc.tcsetattr(state, fd.number(), TCSANOW, original) < 0) {
            throw Errno.exception("cannot restore the mode of " + fd, CallState.errno(state));
        }
    }

    /** Puts back the mode that the terminal had. A second call does nothing. */
    @Override
    public void close() {
        removeHook();
        restore();
    }

    private void removeHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(restoreAtExit);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook runs, or has run, and restore() works only once.
            return;
        }
    }
}
