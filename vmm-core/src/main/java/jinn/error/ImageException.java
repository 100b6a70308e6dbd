package jinn.error;

/** A kernel, initrd or other guest file is missing or is not what it claims to be. */
public final class ImageException extends VmmException {

    private static final long serialVersionUID = 1L;

    /** Creates the failure with a one-line message for the user. */
    public ImageException(String message) {
        super(message);
    }

    /** Creates the failure with a one-line message for the user and its cause. */
    public ImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
