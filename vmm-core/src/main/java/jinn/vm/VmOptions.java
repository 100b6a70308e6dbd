package jinn.vm;

/**
 * What the user may choose for one run, besides the VM's description.
 *
 * @param userspaceDoorbells whether all doorbells take the user-space exit, even if the driver could deliver them
 * @param terminal where the guest's consoles meet the user
 */
public record VmOptions(boolean userspaceDoorbells, TerminalIo terminal) {

    /** Returns doorbells by the driver, and standard input and output. */
    public static VmOptions defaults() {
        return new VmOptions(false, TerminalIo.standard());
    }
}
