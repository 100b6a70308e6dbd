package jinn.extension;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The settings that a VM's description gives a device or a doorbell handler. A missing or malformed one is an {@link
 * IllegalArgumentException}, whose message names it and is shown to the user.
 *
 * @param values texts by their keys; whole numbers are in decimal
 */
public record Settings(Map<String, String> values) {

    /** Takes a copy of the values. */
    public Settings {
        values = Map.copyOf(values);
    }

    /** Returns a setting, or {@code otherwise} when it is missing. */
    public String text(String key, String otherwise) {
        return values.getOrDefault(key, otherwise);
    }

    /** Returns a setting that has to be there. */
    public String requireText(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("setting '" + key + "' is missing");
        }
        return value;
    }

    /**
     * Returns a whole number, or {@code otherwise} when it is missing.
     *
     * @param least the least that is allowed
     * @param most the most that is allowed
     */
    public long number(String key, long otherwise, long least, long most) {
        String value = values.get(key);
        if (value == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Refused below, as a number out of range is.
        }
        throw new IllegalArgumentException(
                "setting '" + key + "' is '" + value + "': must be a whole number from " + least + " to " + most);
    }

    /** Refuses settings that nobody knows. */
    public void allowOnly(String... keys) {
        Set<String> unknown = new TreeSet<>(values.keySet());
        unknown.removeAll(Set.of(keys));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("setting '" + unknown.iterator().next() + "' is unknown: must be one of "
                    + String.join(", ", new TreeSet<>(Set.of(keys))));
        }
    }
}
