package jinn.vm;

import jinn.posix.FileDescriptor;
import jinn.posix.NativeAccess;
import jinn.posix.Terminal;

/**
 * The standard input while it is used to type for a guest: in raw mode if it is a terminal. {@link #close} puts the old
 * mode back, and so does the end of the JVM.
 */
public final class UserTerminal implements AutoCloseable {

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
