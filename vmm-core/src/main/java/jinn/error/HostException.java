package jinn.error;

/** The host lacks something a VM needs, for example a hypervisor or the right architecture. */
public final class HostException extends VmmException {

    private static final long serialVersionUID = 1L;

    /** Creates the failure with a one-line message for the user. */
    public HostException(String message) {
        super(message);
    }

    /** Creates the failure with a one-line message for the user and its cause. */
    public HostException(String message, Throwable cause) {
        super(message, cause);
    }
}
