package jinn.config;

/**
 * Where a value stands in the tree. The text is made only when somebody asks for it: a large file without mistakes has many
 * values and no message.
 */
final class JsonPath {

    /** The whole file. */
    static final JsonPath ROOT = new JsonPath(null, null, 0);

    private final JsonPath parent;
    private final String key;
    private final int index;

    private JsonPath(JsonPath parent, String key, int index) {
        this.parent = parent;
        this.key = key;
        this.index = index;
    }

    /** Returns the path of an object's property. */
    JsonPath property(String name) {
        return new JsonPath(this, name, 0);
    }

    /** Returns the path of an array's element, from 0. */
    JsonPath element(int number) {
        return new JsonPath(this, null, number);
    }

    /** Returns for example {@code $.doorbells[2].name}; a key that is no plain word stands in quotes. */
    @Override
    public String toString() {
        if (parent == null) {
            return "$";
        }
        if (key == null) {
            return parent + "[" + index + "]";
        }
        return parent + "." + (Quoting.isPlainKey(key) ? key : Quoting.quote(key));
    }
}
