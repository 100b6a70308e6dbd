package jinn.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The Ethernet address of one interface.
 *
 * @param text six pairs of lower-case hex digits, separated by colons
 */
public record MacAddress(String text) {

    private static final int BYTES = 6;
    private static final HexFormat FORMAT = HexFormat.ofDelimiter(":");
    private static final Pattern SPELLING = Pattern.compile("([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}");

    /** Bits of the first byte (IEEE 802): the address of a group; not given out by a maker. */
    private static final int GROUP = 1;

    private static final int LOCAL = 2;

    /** Checks the spelling, and that it is one interface's. */
    public MacAddress {
        if (!SPELLING.matcher(text).matches() || isUnusable(FORMAT.parseHex(text))) {
            throw new IllegalArgumentException("no address of one interface: " + text);
        }
    }

    /** Returns the address if the text is one, in upper or lower case, of one interface. */
    static Optional<MacAddress> parse(String text) {
        if (!SPELLING.matcher(text).matches()) {
            return Optional.empty();
        }
        byte[] bytes = FORMAT.parseHex(text);
        return isUnusable(bytes) ? Optional.empty() : Optional.of(new MacAddress(FORMAT.formatHex(bytes)));
    }

    private static boolean isUnusable(byte[] bytes) {
        return (bytes[0] & GROUP) != 0 || Arrays.equals(bytes, new byte[BYTES]);
    }

    /**
     * Returns an address that looks random and is always the same for a VM and a device. It is locally administered, so no
     * bought interface has it.
     */
    public static MacAddress of(String vm, String device) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(("jinn " + vm + "/" + device).getBytes(StandardCharsets.UTF_8));
            byte[] bytes = Arrays.copyOf(hash, BYTES);
            bytes[0] = (byte) ((bytes[0] & ~GROUP) | LOCAL);
            return new MacAddress(FORMAT.formatHex(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /** Returns the six bytes in the order of transmission. */
    public byte[] bytes() {
        return FORMAT.parseHex(text);
    }
}
