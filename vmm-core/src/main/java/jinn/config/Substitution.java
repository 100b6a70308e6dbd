package jinn.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jinn.config.JsonValue.ArrayValue;
import jinn.config.JsonValue.ObjectValue;
import jinn.config.JsonValue.Property;
import jinn.config.JsonValue.TextValue;
import jinn.config.JsonValue.ToldValue;

/**
 * Puts environment variables into the strings of a file: {@code ${NAME}} becomes the variable's value; a dollar sign
 * before it makes it plain text. Keys stay as they are, and so does what a variable brings in.
 */
final class Substitution {

    /** Longer than any value that Jinn takes; it bounds what a small file can become. */
    private static final int MAX_CHARS = 1 << 16;

    private static final Pattern REFERENCE = Pattern.compile("\\$\\$\\{|\\$\\{([^}]*)(}?)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Map<String, String> environment;
    private final Problems problems;

    private Substitution(Map<String, String> environment, Problems problems) {
        this.environment = environment;
        this.problems = problems;
    }

    /** Returns whether the file may have something to substitute; few have, and the others are done sooner. */
    static boolean isIn(String file) {
        // As any character, these may be written as escapes.
        return file.contains("${") || file.indexOf('\\') >= 0;
    }

    /**
     * Returns the value with all its strings substituted. A string that cannot be is a problem, noted at its place, and
     * becomes a {@link ToldValue}.
     */
    static JsonValue apply(JsonValue value, Map<String, String> environment, Problems problems) {
        return new Substitution(environment, problems).substitute(value);
    }

    private JsonValue substitute(JsonValue value) {
        return switch (value) {
            case ObjectValue object -> substitute(object);
            case ArrayValue array -> {
                List<JsonValue> elements = new ArrayList<>();
                array.elements().forEach(element -> elements.add(substitute(element)));
                yield new ArrayValue(array.place(), elements);
            }
            case TextValue text -> text.text().contains("${") ? substitute(text) : text;
            case JsonValue.BooleanValue truth -> truth;
            case JsonValue.IntegerValue integer -> integer;
            case JsonValue.OtherValue other -> other;
            case ToldValue told -> told;
        };
    }

    private ObjectValue substitute(ObjectValue object) {
        Map<String, Property> properties = new LinkedHashMap<>();
        object.properties()
                .forEach((key, property) ->
                        properties.put(key, new Property(property.place(), substitute(property.value()))));
        return new ObjectValue(object.place(), properties);
    }

    private JsonValue substitute(TextValue text) {
        StringBuilder result = new StringBuilder();
        boolean good = true;
        Matcher matcher = REFERENCE.matcher(text.text());
        while (matcher.find()) {
            matcher.appendReplacement(result, "");
            good &= append(result, matcher, text);
        }
        matcher.appendTail(result);
        if (result.length() > MAX_CHARS) {
            problems.add(
                    text.place(), text.shown() + ": must have at most " + MAX_CHARS + " characters with its variables");
            good = false;
        }
        return good ? new TextValue(text.place(), result.toString()) : new ToldValue(text.place());
    }

    /** Appends what the reference stands for; returns false after noting what is wrong with it. */
    private boolean append(StringBuilder result, Matcher reference, TextValue text) {
        String name = reference.group(1);
        if (name == null) {
            result.append("${");
            return true;
        }
        if (reference.group(2).isEmpty() || !NAME.matcher(name).matches()) {
            problems.add(
                    text.place(),
                    text.shown() + ": must name an environment variable between ${ and }, as in ${HOME};"
                            + " $${ stands for a plain ${");
            return false;
        }
        String value = environment.get(name);
        if (value == null) {
            problems.add(
                    text.place(), text.shown() + ": needs the environment variable " + name + ", which is not set");
            return false;
        }
        if (result.length() <= MAX_CHARS) {
            result.append(value);
        }
        return true;
    }
}
