package jinn.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A terminal for tests: a real one of the kernel (pty(7)) with both its ends. */
public final class PseudoTerminal implements AutoCloseable {

    private static final long TIOCSPTLCK = 0x4004_5431L;
    private static final long TIOCGPTN = 0x8004_5430L;
    private static final long TIOCSWINSZ = 0x5414L;

    private final FileDescriptor master = FileDescriptor.open("/dev/ptmx");
    private final FileDescriptor slave;

    public PseudoTerminal() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
            assertEquals(0, master.ioctl(TIOCSPTLCK, number));
            assertEquals(0, master.ioctl(TIOCGPTN, number));
            slave = FileDescriptor.open("/dev/pts/" + number.get(ValueLayout.JAVA_INT, 0));
        }
    }

    /** Returns the end that programs take for their terminal; it stays this object's. */
    public FileDescriptor slave() {
        return slave;
    }

    /** Sets the size. Whoever has the terminal as the controlling one is told by SIGWINCH; the tests' process has not. */
    public void resize(int columns, int rows) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(8, 2);
            size.set(ValueLayout.JAVA_SHORT, 0, (short) rows);
            size.set(ValueLayout.JAVA_SHORT, 2, (short) columns);
            assertEquals(0, master.ioctl(TIOCSWINSZ, size));
        }
    }

    /** Sends this process the signal that a terminal's size has changed. */
    public static void tellSize() throws IOException, InterruptedException {
        String process = Long.toString(ProcessHandle.current().pid());
        assertEquals(0, new ProcessBuilder("kill", "-WINCH", process).start().waitFor());
    }

    @Override
    public void close() {
        slave.close();
        master.close();
    }
}
