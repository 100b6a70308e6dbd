package jinn.boot;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a flattened device tree, version 17 (Devicetree Specification 0.4, chapter 5). All numbers in it are
 * big-endian.
 *
 * <p>Nodes are written in order: {@link #beginNode}, properties, children, {@link #endNode}. The root node has the name
 * "". Not thread-safe.
 */
public final class FdtWriter {

    private static final int MAGIC = 0xd00dfeed;
    private static final int VERSION = 17;
    private static final int LAST_COMPATIBLE_VERSION = 16;
    private static final int HEADER_BYTES = 40;
    private static final int RESERVE_ENTRY_BYTES = 16;
    private static final int TOKEN_BYTES = 4;

    private static final int BEGIN_NODE = 1;
    private static final int END_NODE = 2;
    private static final int PROPERTY = 3;
    private static final int END = 9;

    private final ByteArrayOutputStream structure = new ByteArrayOutputStream();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private final Map<String, Integer> stringOffsets = new LinkedHashMap<>();
    private final List<long[]> reservations = new ArrayList<>();

    private int depth;
    private boolean rootWritten;
    /* The specification wants all of a node's properties before its first child. */
    private boolean propertiesAllowed;

    /** Reserves guest-physical memory: the guest must not use it for other things. */
    public FdtWriter reserve(long address, long bytes) {
        reservations.add(new long[] {address, bytes});
        return this;
    }

    /** Opens a node; the first one is the root. */
    public FdtWriter beginNode(String name) {
        if (depth == 0 && (rootWritten || !name.isEmpty())) {
            throw new IllegalStateException("a device tree has one root node, whose name is empty");
        }
        rootWritten = true;
        propertiesAllowed = true;
        depth++;
        putInt(BEGIN_NODE);
        putPadded(terminated(name));
        return this;
    }

    /** Closes the node opened last. */
    public FdtWriter endNode() {
        if (depth == 0) {
            throw new IllegalStateException("no device tree node is open");
        }
        depth--;
        propertiesAllowed = false;
        putInt(END_NODE);
        return this;
    }

    /** Writes a property with the given value. */
    public FdtWriter property(String name, byte[] value) {
        if (!propertiesAllowed) {
            throw new IllegalStateException("property " + name + " is not between its node's start and first child");
        }
        putInt(PROPERTY);
        putInt(value.length);
        putInt(stringOffset(name));
        putPadded(value);
        return this;
    }

    /** Writes a property without a value: it is true by being there. */
    public FdtWriter flag(String name) {
        return property(name, new byte[0]);
    }

    /** Writes a property of 32-bit cells. */
    public FdtWriter cells(String name, int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Integer.BYTES);
        for (int value : values) {
            buffer.putInt(value);
        }
        return property(name, buffer.array());
    }

    /** Writes a property of 64-bit values, each two cells. */
    public FdtWriter longs(String name, long... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Long.BYTES);
        for (long value : values) {
            buffer.putLong(value);
        }
        return property(name, buffer.array());
    }

    /** Writes a property of one or more strings. */
    public FdtWriter strings(String name, String... values) {
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        for (String value : values) {
            list.writeBytes(terminated(value));
        }
        return property(name, list.toByteArray());
    }

    /** Returns the blob: header, reservations, structure, strings. All nodes must be closed. */
    public byte[] toBytes() {
        if (depth != 0 || !rootWritten) {
            throw new IllegalStateException("a device tree node is still open, or there is none");
        }
        int reserveBytes = (reservations.size() + 1) * RESERVE_ENTRY_BYTES;
        int structureOffset = HEADER_BYTES + reserveBytes;
        int structureBytes = structure.size() + TOKEN_BYTES;
        int stringsOffset = structureOffset + structureBytes;
        int bootCpu = 0;
        ByteBuffer blob = ByteBuffer.allocate(stringsOffset + strings.size());
        blob.putInt(MAGIC).putInt(blob.capacity()).putInt(structureOffset).putInt(stringsOffset);
        blob.putInt(HEADER_BYTES)
                .putInt(VERSION)
                .putInt(LAST_COMPATIBLE_VERSION)
                .putInt(bootCpu);
        blob.putInt(strings.size()).putInt(structureBytes);
        for (long[] reservation : reservations) {
            blob.putLong(reservation[0]).putLong(reservation[1]);
        }
        blob.putLong(0).putLong(0);
        blob.put(structure.toByteArray()).putInt(END).put(strings.toByteArray());
        return blob.array();
    }

    private int stringOffset(String name) {
        Integer known = stringOffsets.get(name);
        if (known != null) {
            return known;
        }
        int offset = strings.size();
        strings.writeBytes(terminated(name));
        stringOffsets.put(name, offset);
        return offset;
    }

    private static byte[] terminated(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a device tree string cannot hold a NUL");
        }
        return (text + '\0').getBytes(StandardCharsets.UTF_8);
    }

    private void putInt(int value) {
        structure.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    private void putPadded(byte[] value) {
        structure.writeBytes(value);
        structure.writeBytes(new byte[-value.length & (TOKEN_BYTES - 1)]);
    }
}
