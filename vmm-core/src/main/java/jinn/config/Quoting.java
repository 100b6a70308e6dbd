package jinn.config;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** Shows text from a file in a message: on one line, without control characters, shortened. */
final class Quoting {

    /** Enough to recognise a value; a message has to stay readable on one line. */
    private static final int MAX_SHOWN_CHARS = 80;

    private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_-]{1," + MAX_SHOWN_CHARS + "}");

    private Quoting() {}

    /** Returns whether the key can stand in a JSON path as it is. */
    static boolean isPlainKey(String key) {
        return PLAIN_KEY.matcher(key).matches();
    }

    /** Returns the text in double quotes, control and format characters as {@code \\uXXXX}. */
    static String quote(String text) {
        return escape(shorten(text));
    }

    /** Returns the whole path in double quotes, however long it is. */
    static String quotePath(Path path) {
        return escape(path.toString());
    }

    /** Returns the text, or its beginning and an ellipsis. */
    static String shorten(String text) {
        return text.length() <= MAX_SHOWN_CHARS ? text : text.substring(0, MAX_SHOWN_CHARS) + "...";
    }

    /** Returns the text with control and format characters as {@code \\uXXXX}. */
    static String escapeControls(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> appendVisible(escaped, (char) c));
        return escaped.toString();
    }

    private static String escape(String text) {
        return '"' + escapeControls(text.replace("\\", "\\\\").replace("\"", "\\\"")) + '"';
    }

    private static void appendVisible(StringBuilder out, char c) {
        if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
            out.append(String.format("\\u%04x", (int) c));
        } else {
            out.append(c);
        }
    }
}
