package jinn.config;

/**
 * A value that breaks a rule.
 *
 * @param key the property that has it
 * @param value the value as the user knows it
 * @param rule what is allowed
 */
record Violation(String key, String value, String rule) {

    String message() {
        return value + ": " + rule;
    }
}
