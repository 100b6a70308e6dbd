package jinn.config;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** A JSON value that knows where in the file it stands. */
sealed interface JsonValue {

    /** Returns where the value stands. */
    Place place();

    /** Returns what kind of value this is, as a user calls it: {@code a string}, {@code an object}. */
    String kind();

    /** Returns the value as an error message shows it: on one line, shortened. */
    String shown();

    /**
     * A place in the file.
     *
     * @param line from 1
     * @param column from 1
     * @param path the JSON path
     */
    record Place(int line, int column, JsonPath path) {

        Place key(String key) {
            return new Place(line, column, path.property(key));
        }
    }

    /** A property of an object: the place of its name, and its value. */
    record Property(Place place, JsonValue value) {}

    /** An object, in the file's order. */
    record ObjectValue(Place place, Map<String, Property> properties) implements JsonValue {
        @Override
        public String kind() {
            return "an object";
        }

        @Override
        public String shown() {
            return "{...}";
        }
    }

    /** An array. */
    record ArrayValue(Place place, List<JsonValue> elements) implements JsonValue {
        @Override
        public String kind() {
            return "an array";
        }

        @Override
        public String shown() {
            return "[...]";
        }
    }

    /** A string. */
    record TextValue(Place place, String text) implements JsonValue {
        @Override
        public String kind() {
            return "a string";
        }

        @Override
        public String shown() {
            return Quoting.quote(text);
        }
    }

    /** A number without a fraction. */
    record IntegerValue(Place place, BigInteger number) implements JsonValue {
        @Override
        public String kind() {
            return "a number";
        }

        @Override
        public String shown() {
            return Quoting.shorten(number.toString());
        }
    }

    /** {@code true} or {@code false}. */
    record BooleanValue(Place place, boolean value) implements JsonValue {
        @Override
        public String kind() {
            return "a boolean";
        }

        @Override
        public String shown() {
            return Boolean.toString(value);
        }
    }

    /** {@code null} or a number with a fraction: nothing Jinn's files have a use for. */
    record OtherValue(Place place, String kind, String shown) implements JsonValue {}

    /** A value that could not be made out, which has been told already. */
    record ToldValue(Place place) implements JsonValue {
        @Override
        public String kind() {
            return "unknown";
        }

        @Override
        public String shown() {
            return "...";
        }
    }
}
