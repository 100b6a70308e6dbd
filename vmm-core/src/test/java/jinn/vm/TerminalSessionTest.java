package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import jinn.event.EventLoop;
import jinn.posix.PseudoTerminal;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** On a pseudo-terminal. */
final class TerminalSessionTest {

    private final BlockingQueue<String> sizes = new LinkedBlockingQueue<>();

    @AutoClose
    private final EventLoop loop = EventLoop.start("test-loop", failure -> sizes.add(failure.toString()));

    @AutoClose
    private final PseudoTerminal terminal = new PseudoTerminal();

    /** A console that is told sizes. */
    private final class FakeSink implements InputSink {

        @Override
        public int receive(byte[] bytes, int offset, int length) {
            return length;
        }

        @Override
        public void resize(int columns, int rows) {
            sizes.add(columns + "x" + rows);
        }

        @Override
        public void onSpace(Runnable listener) {}
    }

    @Test
    void theConsoleHasTheSizeOfTheTerminalAlsoWhenThatChanges() throws Exception {
        terminal.resize(80, 25);
        TerminalIo io = new TerminalIo(terminal.slave().number(), Optional.empty());
        try (TerminalSession session = TerminalSession.open(io, loop, new FakeSink(), () -> {})) {
            assertEquals("80x25", sizes.poll(60, TimeUnit.SECONDS), session::toString);
            terminal.resize(132, 50);
            // Nobody has this terminal as the controlling one, so the kernel tells nobody.
            PseudoTerminal.tellSize();
            assertEquals("132x50", sizes.poll(60, TimeUnit.SECONDS));
        }
    }
}
