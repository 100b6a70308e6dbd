package jinn.config;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The spellings of addresses and sizes. */
final class Scalars {

    private static final int MAX_HEX_DIGITS = 16;
    private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,9})(KiB|MiB|GiB)");
    private static final Map<String, Integer> UNIT_SHIFTS = Map.of("KiB", 10, "MiB", 20, "GiB", 30);
    private static final BigInteger UNSIGNED_LIMIT = BigInteger.ONE.shiftLeft(Long.SIZE);

    private Scalars() {}

    /** Parses {@code 0x} and 1 to 16 hex digits; the result is unsigned. */
    static OptionalLong parseHex(String text) {
        int digits = text.length() - 2;
        if (digits < 1 || digits > MAX_HEX_DIGITS || text.charAt(0) != '0' || (text.charAt(1) | 0x20) != 'x') {
            return OptionalLong.empty();
        }
        long value = 0;
        for (int i = 2; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!HexFormat.isHexDigit(c)) {
                return OptionalLong.empty();
            }
            value = value << 4 | HexFormat.fromHexDigit(c);
        }
        return OptionalLong.of(value);
    }

    /** Converts a number of 0 to 2^64-1 to its unsigned form. */
    static OptionalLong unsigned(BigInteger number) {
        return number.signum() >= 0 && number.compareTo(UNSIGNED_LIMIT) < 0
                ? OptionalLong.of(number.longValue())
                : OptionalLong.empty();
    }

    /** Parses a number and its unit, {@code 512MiB}, into bytes. */
    static OptionalLong parseSize(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        int shift = UNIT_SHIFTS.get(matcher.group(2));
        return OptionalLong.of(Long.parseLong(matcher.group(1)) << shift);
    }

    /** Returns the size in the largest unit that divides it. */
    static String showSize(long bytes) {
        return Optional.of(bytes)
                .filter(b -> b > 0)
                .flatMap(b -> UNIT_SHIFTS.entrySet().stream()
                        .filter(unit -> b % (1L << unit.getValue()) == 0)
                        .max(Map.Entry.comparingByValue())
                        .map(unit -> (b >> unit.getValue()) + unit.getKey()))
                .orElse(bytes + " bytes");
    }

    /** Returns the address with at least 8 hex digits. */
    static String showAddress(long address) {
        return String.format("0x%08x", address);
    }
}
