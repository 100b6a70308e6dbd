package jinn.config;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import jinn.config.JsonValue.ArrayValue;
import jinn.config.JsonValue.BooleanValue;
import jinn.config.JsonValue.IntegerValue;
import jinn.config.JsonValue.ObjectValue;
import jinn.config.JsonValue.Place;
import jinn.config.JsonValue.Property;
import jinn.config.JsonValue.TextValue;
import jinn.config.JsonValue.ToldValue;

/**
 * Takes the properties out of one JSON object by key and type.
 *
 * <p>Everything that is not as asked becomes a problem and an empty result, so that reading goes on and all problems are
 * told at once. {@link #finish()} refuses the keys nobody asked for.
 */
final class ObjectReader {

    private final ObjectValue object;
    private final Problems problems;
    private final Set<String> asked = new HashSet<>();

    private ObjectReader(ObjectValue object, Problems problems) {
        this.object = object;
        this.problems = problems;
    }

    static Optional<ObjectReader> of(JsonValue value, Problems problems) {
        if (value instanceof ObjectValue object) {
            return Optional.of(new ObjectReader(object, problems));
        }
        if (!(value instanceof ToldValue)) {
            problems.add(value.place(), value.shown() + ": must be an object, not " + value.kind());
        }
        return Optional.empty();
    }

    Problems problems() {
        return problems;
    }

    /** Returns whether the object has the key, well formed or not. */
    boolean has(String key) {
        return object.properties().containsKey(key);
    }

    /** Returns the place of the object. */
    Place place() {
        return object.place();
    }

    /** Returns the property's value, of whatever type. */
    Optional<JsonValue> value(String key) {
        return property(key).map(Property::value);
    }

    /** Returns the place of the key's value, or of the object when it has no such key. */
    Place place(String key) {
        return property(key)
                .map(p -> p.value().place())
                .orElseGet(() -> object.place().key(key));
    }

    /** Adds a problem for each violation, at the property it names. */
    void report(List<Violation> violations) {
        violations.forEach(violation -> problems.add(place(violation.key()), violation.message()));
    }

    /** Adds a problem if the object lacks the key. */
    void require(String key, String what) {
        if (!has(key)) {
            problems.add(object.place().key(key), "missing: must be " + what);
        }
    }

    Optional<String> text(String key) {
        return read(
                key,
                "a string",
                value -> value instanceof TextValue text ? Optional.of(text.text()) : Optional.empty());
    }

    Optional<Boolean> truth(String key) {
        return read(
                key,
                "true or false",
                value -> value instanceof BooleanValue truth ? Optional.of(truth.value()) : Optional.empty());
    }

    OptionalInt integer(String key) {
        Optional<Integer> result = read(
                key,
                "a whole number",
                value -> value instanceof IntegerValue integer
                                && integer.number().bitLength() < Integer.SIZE
                        ? Optional.of(integer.number().intValue())
                        : Optional.empty());
        return result.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    OptionalLong address(String key) {
        return unsigned(
                key,
                "a hex string of at most 64 bits, as in \"0x0b000000\"",
                SpellingHints::address,
                value -> value instanceof TextValue text ? Scalars.parseHex(text.text()) : OptionalLong.empty());
    }

    OptionalLong data(String key) {
        return unsigned(
                key, "a hex string, as in \"0x1\", or a whole number, of at most 64 bits", value -> "", value -> {
                    // Not a switch: it would make a class at run time, for one key of one doorbell.
                    if (value instanceof TextValue text) {
                        return Scalars.parseHex(text.text());
                    }
                    return value instanceof IntegerValue integer
                            ? Scalars.unsigned(integer.number())
                            : OptionalLong.empty();
                });
    }

    OptionalLong size(String key) {
        return unsigned(
                key,
                "a size with its unit (KiB, MiB, GiB), as in \"512MiB\"",
                SpellingHints::size,
                value -> value instanceof TextValue text ? Scalars.parseSize(text.text()) : OptionalLong.empty());
    }

    /** Returns the strings and whole numbers of an object whose keys may be any, as texts. */
    Map<String, String> texts(String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        object(key)
                .ifPresent(reader -> reader.object
                        .properties()
                        .keySet()
                        .forEach(name -> reader.read(name, "a string or a whole number", value -> switch (value) {
                                    case TextValue text -> Optional.of(text.text());
                                    case IntegerValue integer ->
                                        Optional.of(integer.number().toString());
                                    default -> Optional.<String>empty();
                                })
                                .ifPresent(text -> texts.put(name, text))));
        return texts;
    }

    Optional<ObjectReader> object(String key) {
        return property(key).flatMap(p -> of(p.value(), problems));
    }

    List<JsonValue> array(String key) {
        return read(
                        key,
                        "an array",
                        value -> value instanceof ArrayValue array ? Optional.of(array.elements()) : Optional.empty())
                .orElseGet(List::of);
    }

    /** Adds a problem for each key that was not asked for. */
    void finish() {
        object.properties().forEach((key, property) -> {
            if (!asked.contains(key)) {
                String known = String.join(", ", asked.stream().sorted().toList());
                problems.add(property.place(), "unknown key: must be one of " + known + Nearest.question(key, asked));
            }
        });
    }

    private OptionalLong unsigned(
            String key, String what, Function<JsonValue, String> hint, Function<JsonValue, OptionalLong> parse) {
        Optional<Long> result = read(key, what, hint, value -> {
            OptionalLong parsed = parse.apply(value);
            return parsed.isPresent() ? Optional.of(parsed.getAsLong()) : Optional.empty();
        });
        return result.map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    private <T> Optional<T> read(String key, String what, Function<JsonValue, Optional<T>> parse) {
        return read(key, what, value -> "", parse);
    }

    private <T> Optional<T> read(
            String key, String what, Function<JsonValue, String> hint, Function<JsonValue, Optional<T>> parse) {
        return property(key).flatMap(property -> {
            JsonValue value = property.value();
            Optional<T> parsed = parse.apply(value);
            if (parsed.isEmpty() && !(value instanceof ToldValue)) {
                problems.add(value.place(), value.shown() + ": must be " + what + hint.apply(value));
            }
            return parsed;
        });
    }

    private Optional<Property> property(String key) {
        asked.add(key);
        return Optional.ofNullable(object.properties().get(key));
    }
}
