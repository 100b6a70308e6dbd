package jinn.vm;

import jinn.event.EventLoop;
import jinn.posix.FileDescriptor;
import jinn.posix.SizeSignal;
import jinn.posix.Terminal;

/** The time in which the user's terminal belongs to the guest. */
final class TerminalSession implements AutoCloseable {

    private final UndoStack undo = new UndoStack();

    private TerminalSession() {}

    /**
     * Gives the input to a console; a terminal is switched to raw mode.
     *
     * @param escape called, on the loop's thread, when the user wants the VM to end
     */
    static TerminalSession open(TerminalIo io, EventLoop loop, InputSink sink, Runnable escape) {
        TerminalSession session = new TerminalSession();
        FileDescriptor fd = FileDescriptor.borrowing(io.input(), "the input");
        boolean interactive = Terminal.isTerminal(fd);
        try {
            if (interactive) {
                session.undo.push(Terminal.enterRawMode(fd)::close);
            }
            TerminalInput input = new TerminalInput(loop, fd, sink, interactive, escape);
            session.undo.push(input::close);
            input.start();
            if (interactive) {
                Runnable resize = () -> loop.execute(() -> resize(fd, sink));
                session.undo.push(SizeSignal.listen(resize)::close);
                resize.run();
            }
            return session;
        } catch (RuntimeException e) {
            session.undo.undo(e);
            throw e;
        }
    }

    private static void resize(FileDescriptor fd, InputSink sink) {
        Terminal.Size size = Terminal.size(fd);
        sink.resize(size.columns(), size.rows());
    }

    /** Stops reading and puts the terminal's mode back. */
    @Override
    public void close() {
        undo.close();
    }
}
