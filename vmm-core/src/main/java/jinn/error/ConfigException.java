package jinn.error;

/** The VM's configuration file is missing, malformed or contradictory. */
public final class ConfigException extends VmmException {

    private static final long serialVersionUID = 1L;

    /** Creates the failure with a one-line message for the user. */
    public ConfigException(String message) {
        super(message);
    }

    /** Creates the failure with a one-line message for the user and its cause. */
    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
