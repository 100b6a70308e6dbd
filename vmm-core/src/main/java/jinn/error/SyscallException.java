package jinn.error;

/** A system call failed. The message ends with the errno's name in parentheses. */
public final class SyscallException extends VmmException {

    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * Creates the failure.
     *
     * @param message operation, object, value, reason and remedy, ending with the errno's name, for example {@code
     *     (EEXIST)}
     * @param errno the error number as the kernel gave it, positive
     */
    public SyscallException(String message, int errno) {
        super(message);
        this.errno = errno;
    }

    /** Returns the error number as the kernel gave it, positive. */
    public int errno() {
        return errno;
    }
}
