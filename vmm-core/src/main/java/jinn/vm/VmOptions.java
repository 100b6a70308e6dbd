package jinn.vm;

import java.util.Optional;

/**
 * What the user may choose for one run, besides the VM's description.
 *
 * @param userspaceDoorbells whether all doorbells take the user-space exit, even if the driver could deliver them
 * @param terminal where the guest's consoles meet the user
 * @param readyText what the guest writes to a console when it is ready, not empty
 */
public record VmOptions(boolean userspaceDoorbells, TerminalIo terminal, Optional<String> readyText) {

    /** Makes options without a text to wait for. */
    public VmOptions(boolean userspaceDoorbells, TerminalIo terminal) {
        this(userspaceDoorbells, terminal, Optional.empty());
    }

    /** Returns doorbells by the driver, and standard input and output. */
    public static VmOptions defaults() {
        return new VmOptions(false, TerminalIo.standard());
    }
}
