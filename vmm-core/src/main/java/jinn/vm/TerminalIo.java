package jinn.vm;

import java.util.Optional;
import jinn.posix.FileDescriptor;
import jinn.posix.NativeAccess;
import jinn.posix.Terminal;

/**
 * Where the guest's consoles meet the user. The descriptors stay the caller's.
 *
 * @param input descriptor to read the user's input from, or {@link #NONE}
 * @param output takes the guest's output, if anything does
 */
public record TerminalIo(int input, Optional<TerminalOutput> output) {

    /** In the place of a descriptor: there is none. */
    public static final int NONE = -1;

    /** The name of the key that stops the VM when the input is a terminal. */
    public static final String ESCAPE_NAME = "Ctrl-]";

    /** The byte that {@link #ESCAPE_NAME} sends. */
    static final byte ESCAPE = 0x1d;

    /** Returns standard input and standard output. */
    public static TerminalIo standard() {
        return new TerminalIo(0, Optional.of(TerminalOutput.to(1)));
    }

    /** Returns no terminal at all: the consoles can be seen and used by {@link VirtualMachine#console} only. */
    public static TerminalIo none() {
        return new TerminalIo(NONE, Optional.empty());
    }

    /**
     * Returns whether the input is a terminal. It is then in raw mode while a VM with a terminal console runs: lines need
     * a carriage return, and {@link #ESCAPE_NAME} is the way out.
     */
    public boolean isInteractive() {
        if (input == NONE) {
            return false;
        }
        NativeAccess.require();
        return Terminal.isTerminal(FileDescriptor.borrowing(input, "the input"));
    }
}
