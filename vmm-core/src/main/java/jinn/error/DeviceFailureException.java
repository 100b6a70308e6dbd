package jinn.error;

/** The code of a device failed, by its own fault and not the guest's. */
public final class DeviceFailureException extends VmmException {

    private static final long serialVersionUID = 1L;

    /** Creates the failure with a one-line message for the user and its cause. */
    public DeviceFailureException(String message, Throwable cause) {
        super(message, cause);
    }
}
