package jinn.vm;

import jinn.posix.FileDescriptor;
import jinn.posix.NativeAccess;
import jinn.posix.SizeSignal;
import jinn.posix.Terminal;

/**
 * The standard input while it is used to type for a guest: in raw mode if it is a terminal. {@link #close} puts the old
 * mode back, and so does the end of the JVM.
 */
public final class UserTerminal implements AutoCloseable {

    /** Takes a terminal's size in characters; 0 by 0 if nobody knows it. */
    @FunctionalInterface
    public interface SizeListener {

        /** The size is or may be another one now. Must not block. */
        void resized(int columns, int rows);
    }

    private final UndoStack undo = new UndoStack();
    private final boolean raw;

    private UserTerminal(boolean raw) {
        this.raw = raw;
    }

    /** Takes the standard input. */
    public static UserTerminal standard() {
        NativeAccess.require();
        FileDescriptor input = FileDescriptor.borrowing(0, "the input");
        if (!Terminal.isTerminal(input)) {
            return none();
        }
        UserTerminal terminal = new UserTerminal(true);
        terminal.undo.push(Terminal.enterRawMode(input)::close);
        return terminal;
    }

    /**
     * Tells the size now, and again whenever it may have changed, on a thread of the JVM's, until {@link #close}. Without a
     * terminal nothing is told. At most one listener.
     */
    public void watchSize(SizeListener listener) {
        if (raw) {
            Runnable tell = () -> {
                Terminal.Size size = Terminal.size(FileDescriptor.borrowing(0, "the input"));
                listener.resized(size.columns(), size.rows());
            };
            undo.push(SizeSignal.listen(tell)::close);
            tell.run();
        }
    }

    /** Leaves the standard input alone. */
    public static UserTerminal none() {
        return new UserTerminal(false);
    }

    /** Returns whether the input is a terminal in raw mode: lines on it need a carriage return. */
    public boolean isRaw() {
        return raw;
    }

    @Override
    public void close() {
        undo.close();
    }
}
