package jinn.error;

/** The guest broke a rule of a device's interface, for example with a descriptor outside its memory. */
public final class GuestFaultException extends VmmException {

    private static final long serialVersionUID = 1L;

    /** Creates the failure with a one-line message for the user. */
    public GuestFaultException(String message) {
        super(message);
    }

    /** Creates the failure with a one-line message for the user and its cause. */
    public GuestFaultException(String message, Throwable cause) {
        super(message, cause);
    }
}
