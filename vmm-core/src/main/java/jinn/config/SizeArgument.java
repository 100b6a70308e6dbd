package jinn.config;

import java.util.OptionalLong;

/** Sizes as a description spells them, for other places where a user gives one. */
public final class SizeArgument {

    private SizeArgument() {}

    /** Returns the bytes of a size such as {@code 512MiB}, if it is one. */
    public static OptionalLong parse(String text) {
        return Scalars.parseSize(text);
    }
}
