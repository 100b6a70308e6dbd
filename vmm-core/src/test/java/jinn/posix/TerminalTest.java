package jinn.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a pseudo-terminal. */
final class TerminalTest {

    private static final long TIOCSPTLCK = 0x4004_5431L;
    private static final long TIOCGPTN = 0x8004_5430L;

    /** sizeof(struct termios) as the kernel fills it; the rest of the buffer is libc's. */
    private static final long TERMIOS_BYTES = 60;

    private static final int LFLAG_OFFSET = 12;
    private static final int ICANON_AND_ECHO = 2 | 8;

    @AutoClose
    private final FileDescriptor master = FileDescriptor.open("/dev/ptmx");

    @AutoClose
    private FileDescriptor slave;

    @BeforeEach
    void openSlave() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
            assertEquals(0, master.ioctl(TIOCSPTLCK, number));
            assertEquals(0, master.ioctl(TIOCGPTN, number));
            slave = FileDescriptor.open("/dev/pts/" + number.get(ValueLayout.JAVA_INT, 0));
        }
    }

    @Test
    void rawModeIsPutBackAtClose() {
        byte[] before = mode();
        assertEquals(ICANON_AND_ECHO, before[LFLAG_OFFSET] & ICANON_AND_ECHO);

        Terminal terminal = Terminal.enterRawMode(slave);
        assertEquals(0, mode()[LFLAG_OFFSET] & ICANON_AND_ECHO);
        terminal.close();
        assertArrayEquals(before, mode());
    }

    @Test
    void aTerminalIsToldFromOtherFiles() {
        assertTrue(Terminal.isTerminal(slave));
        try (FileDescriptor zero = FileDescriptor.open("/dev/zero")) {
            assertFalse(Terminal.isTerminal(zero));
        }
    }

    private byte[] mode() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(256, 8);
            assertEquals(0, Libc.tcgetattr(CallState.ofThread(), slave.number(), termios));
            return termios.asSlice(0, TERMIOS_BYTES).toArray(ValueLayout.JAVA_BYTE);
        }
    }
}
