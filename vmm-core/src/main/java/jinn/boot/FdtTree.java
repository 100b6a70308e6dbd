package jinn.boot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A device tree that is to be changed before it is written: read from a blob (Devicetree Specification 0.4, chapter 5) of
 * whatever origin.
 *
 * @param reservations pairs of guest-physical address and size in bytes that the guest must not use
 * @param root the root node
 */
record FdtTree(List<long[]> reservations, FdtNode root) {

    private static final int MAGIC = 0xd00dfeed;
    private static final int HEADER_BYTES = 40;
    private static final int OLDEST_VERSION = 16;
    private static final int NEWEST_VERSION = 17;

    private static final int BEGIN_NODE = 1;
    private static final int END_NODE = 2;
    private static final int PROPERTY = 3;
    private static final int NOTHING = 4;
    private static final int END = 9;

    /** Deeper than any machine's; it bounds the recursion. */
    private static final int MAX_DEPTH = 64;

    /** What is wrong with a blob, in words that follow the file's name. */
    static final class FormatException extends Exception {

        private static final long serialVersionUID = 1L;

        FormatException(String message) {
            super(message);
        }
    }

    /**
     * Reads a blob.
     *
     * @throws FormatException if it is none, or not whole
     */
    static FdtTree read(byte[] blob) throws FormatException {
        if (blob.length < HEADER_BYTES || ByteBuffer.wrap(blob).getInt() != MAGIC) {
            throw new FormatException("it is no flattened device tree, which 'dtc -O dtb' makes");
        }
        return new Reader(blob).read();
    }

    /** Returns the blob. */
    byte[] toBytes() {
        FdtWriter fdt = new FdtWriter();
        reservations.forEach(range -> fdt.reserve(range[0], range[1]));
        root.write("", fdt);
        return fdt.toBytes();
    }

    /** Reads one blob. Every length and offset in it may be wrong. */
    private static final class Reader {

        private final byte[] bytes;
        private final ByteBuffer blob;
        private int strings;

        Reader(byte[] bytes) {
            this.bytes = bytes;
            this.blob = ByteBuffer.wrap(bytes);
        }

        FdtTree read() throws FormatException {
            blob.position(Integer.BYTES);
            int totalBytes = blob.getInt();
            if (totalBytes < HEADER_BYTES || totalBytes > blob.capacity()) {
                throw new FormatException("its header says " + Integer.toUnsignedString(totalBytes)
                        + " bytes, but the file has " + blob.capacity());
            }
            blob.limit(totalBytes);
            int structure = offset(blob.getInt());
            strings = offset(blob.getInt());
            int reservations = offset(blob.getInt());
            int version = blob.getInt();
            int oldestReader = blob.getInt();
            if (version < OLDEST_VERSION || oldestReader > NEWEST_VERSION) {
                throw new FormatException(
                        "its version is " + version + ", must be " + OLDEST_VERSION + " or " + NEWEST_VERSION);
            }
            List<long[]> ranges = reservations(reservations);
            blob.position(structure);
            if (token() != BEGIN_NODE || !word(blob.position()).isEmpty()) {
                throw new FormatException("it does not begin with a root node");
            }
            blob.position(blob.position() + Integer.BYTES);
            return new FdtTree(ranges, node(0));
        }

        private List<long[]> reservations(int start) throws FormatException {
            blob.position(start);
            List<long[]> ranges = new ArrayList<>();
            long[] range = {number(), number()};
            while (range[0] != 0 || range[1] != 0) {
                ranges.add(range);
                range = new long[] {number(), number()};
            }
            return ranges;
        }

        /** Reads a node whose begin and name have been read. */
        private FdtNode node(int depth) throws FormatException {
            FdtNode node = new FdtNode();
            for (int token = token(); token != END_NODE; token = token()) {
                switch (token) {
                    case BEGIN_NODE -> child(node, depth);
                    case PROPERTY -> property(node);
                    case NOTHING -> {}
                    case END -> throw new FormatException("it ends inside of a node");
                    default -> throw new FormatException("it has the unknown token " + Integer.toHexString(token));
                }
            }
            return node;
        }

        private void child(FdtNode parent, int depth) throws FormatException {
            String name = name(blob.position());
            blob.position(aligned(blob.position() + name.length() + 1));
            if (depth == MAX_DEPTH) {
                throw new FormatException("its nodes are nested more than " + MAX_DEPTH + " deep");
            }
            if (parent.children().put(name, node(depth + 1)) != null) {
                throw new FormatException("it has the node " + name + " twice in the same place");
            }
        }

        private void property(FdtNode node) throws FormatException {
            need(2 * Integer.BYTES);
            int length = blob.getInt();
            int nameOffset = blob.getInt();
            if (length < 0 || nameOffset < 0 || nameOffset > blob.limit() - strings) {
                throw new FormatException("it has a property that lies outside of it");
            }
            String name = name(strings + nameOffset);
            need(length);
            byte[] value = new byte[length];
            blob.get(value);
            blob.position(aligned(blob.position()));
            if (node.properties().put(name, value) != null) {
                throw new FormatException("it has the property " + name + " twice in the same node");
            }
        }

        private int token() throws FormatException {
            need(Integer.BYTES);
            return blob.getInt();
        }

        private long number() throws FormatException {
            need(Long.BYTES);
            return blob.getLong();
        }

        /** Returns a name: at least one character, printable and without a slash. */
        private String name(int start) throws FormatException {
            String name = word(start);
            if (name.isEmpty() || name.chars().anyMatch(c -> c <= ' ' || c > '~' || c == '/')) {
                throw new FormatException("it has a name that is none");
            }
            return name;
        }

        private String word(int start) throws FormatException {
            int end = start;
            while (end < blob.limit() && blob.get(end) != 0) {
                end++;
            }
            if (end == blob.limit()) {
                throw new FormatException("it ends inside of a name");
            }
            return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
        }

        private int offset(int offset) throws FormatException {
            if (offset < 0 || offset > blob.limit()) {
                throw new FormatException("its header points outside of it");
            }
            return offset;
        }

        private int aligned(int position) throws FormatException {
            return offset((position + Integer.BYTES - 1) & -Integer.BYTES);
        }

        private void need(int bytes) throws FormatException {
            if (blob.remaining() < bytes) {
                throw new FormatException("it ends before its tree does");
            }
        }
    }
}
