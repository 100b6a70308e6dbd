package jinn.error;

/**
 * A failure that ends an operation and is told to the user in one line.
 *
 * <p>The message names the operation, the object, the value, the reason and, where there is one, the remedy. It starts
 * in lower case and has no full stop.
 */
public abstract sealed class VmmException extends RuntimeException
        permits ConfigException,
                DeviceFailureException,
                GuestFaultException,
                HostException,
                ImageException,
                SyscallException {

    private static final long serialVersionUID = 1L;

    /** Creates a failure with a message for the user. */
    protected VmmException(String message) {
        super(message);
    }

    /** Creates a failure with a message for the user and the cause that {@code --verbose} shows. */
    protected VmmException(String message, Throwable cause) {
        super(message, cause);
    }
}
