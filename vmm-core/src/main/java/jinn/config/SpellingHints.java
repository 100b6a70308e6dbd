package jinn.config;

import java.math.BigInteger;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jinn.config.JsonValue.IntegerValue;
import jinn.config.JsonValue.TextValue;

/** What a size or an address in a wrong spelling was probably meant to be, as the end of a message; may be empty. */
final class SpellingHints {

    private static final Pattern BARE_HEX = Pattern.compile("[0-9a-fA-F]{5,16}");
    private static final Pattern LOOSE_SIZE = Pattern.compile("([1-9][0-9]{0,9})\\s*([kKmMgG])[iI]?[bB]?");

    /** A smaller number is more likely one of MiB than one of bytes. */
    private static final long FEW_BYTES = 1 << 16;

    private SpellingHints() {}

    static String address(JsonValue value) {
        return switch (value) {
            case IntegerValue integer -> {
                OptionalLong number = Scalars.unsigned(integer.number());
                yield number.isPresent()
                        ? "; " + integer.shown() + " is \"" + Scalars.showAddress(number.getAsLong()) + '"'
                        : "";
            }
            case TextValue text when BARE_HEX.matcher(text.text()).matches() -> question("0x" + text.text());
            default -> "";
        };
    }

    static String size(JsonValue value) {
        return switch (value) {
            case IntegerValue integer -> ofBytes(integer.number());
            case TextValue text -> {
                Matcher loose = LOOSE_SIZE.matcher(text.text());
                yield loose.matches() ? question(loose.group(1) + loose.group(2).toUpperCase(Locale.ROOT) + "iB") : "";
            }
            default -> "";
        };
    }

    private static String ofBytes(BigInteger number) {
        if (number.signum() <= 0 || number.bitLength() >= Long.SIZE) {
            return "";
        }
        long bytes = number.longValue();
        if (bytes < FEW_BYTES) {
            return question(bytes + "MiB");
        }
        return bytes % 1024 == 0 ? "; " + bytes + " bytes are \"" + Scalars.showSize(bytes) + '"' : "";
    }

    private static String question(String spelling) {
        return "; did you mean \"" + spelling + "\"?";
    }
}
