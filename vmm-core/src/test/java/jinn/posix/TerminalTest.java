package jinn.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** On a pseudo-terminal. */
final class TerminalTest {

    /** sizeof(struct termios) as the kernel fills it; the rest of the buffer is libc's. */
    private static final long TERMIOS_BYTES = 60;

    private static final int LFLAG_OFFSET = 12;
    private static final int ICANON_AND_ECHO = 2 | 8;

    @AutoClose
    private final PseudoTerminal pseudoTerminal = new PseudoTerminal();

    private final FileDescriptor slave = pseudoTerminal.slave();

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

    @Test
    void theSizeIsThatOfTheTerminalAndUnknownElsewhere() {
        try (FileDescriptor zero = FileDescriptor.open("/dev/zero")) {
            pseudoTerminal.resize(132, 50);
            assertEquals(new Terminal.Size(132, 50), Terminal.size(slave));
            assertEquals(new Terminal.Size(0, 0), Terminal.size(zero));
        }
    }

    @Test
    void aChangeOfSizeIsTold() throws Exception {
        assertTrue(SizeSignal.isInstalled());
        CountDownLatch told = new CountDownLatch(1);
        try (SizeSignal signal = SizeSignal.listen(told::countDown)) {
            assertNotNull(signal);
            PseudoTerminal.tellSize();
            assertTrue(told.await(60, TimeUnit.SECONDS));
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
