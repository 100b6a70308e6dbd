package jinn.boot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * Prints a flattened device tree as device tree source (Devicetree Specification 0.4, chapters 5 and 6).
 *
 * <p>The blob does not say what a property's value is. As {@code dtc} does, a value of printable strings is shown as
 * these, another one of whole 32-bit cells as cells, and the rest as bytes.
 */
public final class DeviceTreeSource {

    private static final int STRUCTURE_OFFSET = 8;
    private static final int STRINGS_OFFSET = 12;
    private static final int RESERVATIONS_OFFSET = 16;

    private static final int BEGIN_NODE = 1;
    private static final int END_NODE = 2;
    private static final int PROPERTY = 3;
    private static final int NOTHING = 4;
    private static final int END = 9;

    private final ByteBuffer blob;
    private final int strings;
    private final StringBuilder text = new StringBuilder("/dts-v1/;\n");
    private int depth;

    private DeviceTreeSource(byte[] blob) {
        this.blob = ByteBuffer.wrap(blob);
        this.strings = this.blob.getInt(STRINGS_OFFSET);
    }

    /** Returns the source of a blob that {@link FdtWriter} has written. */
    public static String of(byte[] blob) {
        return new DeviceTreeSource(blob).print();
    }

    private String print() {
        printReservations();
        text.append('\n');
        blob.position(blob.getInt(STRUCTURE_OFFSET));
        for (int token = blob.getInt(); token != END; token = blob.getInt()) {
            switch (token) {
                case BEGIN_NODE -> beginNode();
                case END_NODE -> endNode();
                case PROPERTY -> property();
                case NOTHING -> {}
                default -> throw new IllegalArgumentException("token " + token + " in a device tree");
            }
        }
        return text.toString();
    }

    private void printReservations() {
        blob.position(blob.getInt(RESERVATIONS_OFFSET));
        long address = blob.getLong();
        long bytes = blob.getLong();
        while (address != 0 || bytes != 0) {
            text.append(String.format(Locale.ROOT, "/memreserve/ 0x%x 0x%x;\n", address, bytes));
            address = blob.getLong();
            bytes = blob.getLong();
        }
    }

    private void beginNode() {
        String name = terminatedString(blob.position());
        blob.position(aligned(blob.position() + name.length() + 1));
        indent();
        text.append(name.isEmpty() ? "/" : name).append(" {\n");
        depth++;
    }

    private void endNode() {
        depth--;
        indent();
        text.append("};\n");
    }

    private void property() {
        byte[] value = new byte[blob.getInt()];
        String name = terminatedString(strings + blob.getInt());
        blob.get(value);
        blob.position(aligned(blob.position()));
        indent();
        text.append(name).append(value.length == 0 ? "" : " = " + shown(value)).append(";\n");
    }

    private static String shown(byte[] value) {
        if (isStrings(value)) {
            return strings(value);
        }
        return value.length % Integer.BYTES == 0 ? cells(value) : bytes(value);
    }

    /** Returns whether the value is strings of printable ASCII, each with its NUL; only a lone one may be empty. */
    private static boolean isStrings(byte[] value) {
        if (value[value.length - 1] != 0) {
            return false;
        }
        int start = 0;
        for (int i = 0; i < value.length; i++) {
            boolean ends = value[i] == 0;
            if (ends ? i == start && value.length > 1 : value[i] < ' ' || value[i] > '~') {
                return false;
            }
            start = ends ? i + 1 : start;
        }
        return true;
    }

    private static String strings(byte[] value) {
        String all = new String(value, 0, value.length - 1, StandardCharsets.US_ASCII);
        StringJoiner shown = new StringJoiner(", ");
        for (String string : all.split("\0", -1)) {
            shown.add('"' + string.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
        }
        return shown.toString();
    }

    private static String cells(byte[] value) {
        StringJoiner shown = new StringJoiner(" ", "<", ">");
        ByteBuffer cells = ByteBuffer.wrap(value);
        while (cells.hasRemaining()) {
            shown.add("0x" + Integer.toHexString(cells.getInt()));
        }
        return shown.toString();
    }

    private static String bytes(byte[] value) {
        StringJoiner shown = new StringJoiner(" ", "[", "]");
        for (byte b : value) {
            shown.add(String.format(Locale.ROOT, "%02x", b));
        }
        return shown.toString();
    }

    private void indent() {
        text.repeat('\t', depth);
    }

    private String terminatedString(int start) {
        int end = start;
        while (blob.get(end) != 0) {
            end++;
        }
        return new String(blob.array(), start, end - start, StandardCharsets.US_ASCII);
    }

    private static int aligned(int position) {
        return (position + Integer.BYTES - 1) & -Integer.BYTES;
    }
}
