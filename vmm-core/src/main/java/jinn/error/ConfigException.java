package jinn.error;

import java.util.List;

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

    /**
     * Creates the failure from everything that is wrong with one file.
     *
     * @param problems a one-line message for each problem; the exception's own message has them on a line each
     */
    public ConfigException(List<String> problems) {
        super(String.join("\n", problems));
    }

    /** Returns the one-line messages, at least one. */
    public List<String> problems() {
        return getMessage().lines().toList();
    }
}
