package jinn.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jinn.config.JsonValue.ArrayValue;
import jinn.config.JsonValue.BooleanValue;
import jinn.config.JsonValue.IntegerValue;
import jinn.config.JsonValue.ObjectValue;
import jinn.config.JsonValue.OtherValue;
import jinn.config.JsonValue.Place;
import jinn.config.JsonValue.Property;
import jinn.config.JsonValue.TextValue;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads JSON text into values that know their place.
 *
 * <p>Strict JSON: no comments, no duplicate keys, nothing after the value. Nesting and number lengths are bounded by
 * Jackson's stream constraints.
 */
final class JsonReader {

    private static final JsonFactory FACTORY = new JsonFactory();

    private final JsonParser parser;

    private JsonReader(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * Reads the one value that the text is.
     *
     * @throws MalformedJsonException if the text is not JSON
     */
    static JsonValue read(String text) throws MalformedJsonException {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            return new JsonReader(parser).document();
        } catch (JacksonException e) {
            throw malformed(e);
        }
    }

    private JsonValue document() throws MalformedJsonException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw new MalformedJsonException(new Place(1, 1, JsonPath.ROOT), "not JSON: the file is empty");
        }
        JsonValue value = value(first, place(JsonPath.ROOT));
        if (parser.nextToken() != null) {
            throw new MalformedJsonException(place(JsonPath.ROOT), "not JSON: something follows the closing brace");
        }
        return value;
    }

    private JsonValue value(JsonToken token, Place place) throws MalformedJsonException {
        return switch (token) {
            case START_OBJECT -> object(place);
            case START_ARRAY -> array(place);
            case VALUE_STRING -> new TextValue(place, parser.getString());
            case VALUE_NUMBER_INT -> new IntegerValue(place, parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT ->
                new OtherValue(place, "a number with a fraction", Quoting.shorten(parser.getString()));
            case VALUE_TRUE, VALUE_FALSE -> new BooleanValue(place, token == JsonToken.VALUE_TRUE);
            case VALUE_NULL -> new OtherValue(place, "null", "null");
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw new IllegalStateException("token " + token + " where a value starts");
        };
    }

    private ObjectValue object(Place place) throws MalformedJsonException {
        Map<String, Property> properties = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            Place keyPlace = place(place.path()).key(key);
            JsonValue value = value(parser.nextToken(), place(keyPlace.path()));
            if (properties.put(key, new Property(keyPlace, value)) != null) {
                throw new MalformedJsonException(
                        keyPlace, "duplicate key: " + Quoting.quote(key) + " stands here again");
            }
        }
        return new ObjectValue(place, properties);
    }

    private ArrayValue array(Place place) throws MalformedJsonException {
        List<JsonValue> elements = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            elements.add(value(token, place(place.path().element(elements.size()))));
        }
        return new ArrayValue(place, elements);
    }

    private Place place(JsonPath path) {
        TokenStreamLocation location = parser.currentTokenLocation();
        return new Place(location.getLineNr(), location.getColumnNr(), path);
    }

    private static MalformedJsonException malformed(JacksonException e) {
        TokenStreamLocation location = e.getLocation();
        Place place = location == null
                ? new Place(1, 1, JsonPath.ROOT)
                : new Place(Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()), JsonPath.ROOT);
        return new MalformedJsonException(place, "not JSON: " + reason(e));
    }

    private static String reason(JacksonException e) {
        if (e instanceof UnexpectedEndOfInputException) {
            return "the file ends inside of a value";
        }
        String firstLine = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
        return Quoting.escapeControls(firstLine.substring(0, 1).toLowerCase(Locale.ROOT) + firstLine.substring(1));
    }

    /** The text is not JSON. The message says why, without the place. */
    static final class MalformedJsonException extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient Place place;

        MalformedJsonException(Place place, String message) {
            super(message);
            this.place = place;
        }

        Place place() {
            return place;
        }
    }
}
