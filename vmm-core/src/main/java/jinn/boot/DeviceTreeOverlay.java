package jinn.boot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import jinn.boot.FdtTree.FormatException;

/**
 * Merges a device tree overlay into a tree, as far as it says by {@code target-path} where its parts belong. The labels of
 * the tree beneath, which {@code __fixups__} would want, are not known here; phandles of the overlay itself are numbered
 * anew, so that they are nobody else's.
 */
final class DeviceTreeOverlay {

    private static final String CONTENT = "__overlay__";
    private static final String FIXUPS = "__fixups__";
    private static final String LOCAL_FIXUPS = "__local_fixups__";
    private static final String TARGET_PATH = "target-path";
    private static final List<String> PHANDLES = List.of("phandle", "linux,phandle");

    private final FdtNode base;
    private final FdtNode overlay;

    private DeviceTreeOverlay(FdtNode base, FdtNode overlay) {
        this.base = base;
        this.overlay = overlay;
    }

    /**
     * Merges.
     *
     * @param base the root of the tree, which is changed
     * @param overlay the root of the overlay, which is used up
     * @throws FormatException if it is no overlay, or one that cannot be merged; {@code base} may be half changed then
     */
    static void apply(FdtNode base, FdtNode overlay) throws FormatException {
        new DeviceTreeOverlay(base, overlay).apply();
    }

    private void apply() throws FormatException {
        FdtNode wanted = overlay.children().get(FIXUPS);
        if (wanted != null && !wanted.properties().isEmpty()) {
            throw new FormatException("it refers to labels of the tree beneath ("
                    + String.join(", ", wanted.properties().keySet())
                    + "), which has none; use target-path, as in &{/path}");
        }
        renumber();
        boolean empty = true;
        for (Map.Entry<String, FdtNode> fragment : overlay.children().entrySet()) {
            FdtNode content = fragment.getValue().children().get(CONTENT);
            if (content != null) {
                merge(fragment.getKey(), target(fragment.getKey(), fragment.getValue()), content);
                empty = false;
            }
        }
        if (empty) {
            throw new FormatException("it has no fragment with an " + CONTENT + " node; is it an overlay?");
        }
    }

    private FdtNode target(String name, FdtNode fragment) throws FormatException {
        byte[] path = fragment.properties().get(TARGET_PATH);
        if (path == null || path.length == 0) {
            throw new FormatException(name + " has no " + TARGET_PATH + ", by which Jinn finds what it changes");
        }
        String target = new String(path, 0, path.length - 1, StandardCharsets.ISO_8859_1);
        return base.find(target)
                .orElseThrow(() -> new FormatException(name + " changes " + target
                        + ", but the tree has no such node; 'jinn dtb' shows those it has"));
    }

    private static void merge(String fragment, FdtNode target, FdtNode content) throws FormatException {
        for (String phandle : PHANDLES) {
            if (target.properties().containsKey(phandle) && content.properties().containsKey(phandle)) {
                throw new FormatException(
                        fragment + " gives a node another phandle, to which others refer; leave its" + " label out");
            }
        }
        target.properties().putAll(content.properties());
        for (Map.Entry<String, FdtNode> child : content.children().entrySet()) {
            merge(fragment, target.child(child.getKey()), child.getValue());
        }
    }

    /** Moves the overlay's phandles, and its references to them, behind those of the tree. */
    private void renumber() throws FormatException {
        long distance = largestPhandle(base);
        if (distance + largestPhandle(overlay) >= 0xffff_ffffL) {
            throw new FormatException("it needs more phandles than there are");
        }
        movePhandles(overlay, (int) distance);
        FdtNode references = overlay.children().get(LOCAL_FIXUPS);
        if (references != null) {
            moveReferences(overlay, references, (int) distance);
        }
    }

    private static long largestPhandle(FdtNode node) {
        long largest = 0;
        for (String name : PHANDLES) {
            byte[] value = node.properties().get(name);
            if (value != null && value.length == Integer.BYTES) {
                largest = Math.max(
                        largest, Integer.toUnsignedLong(ByteBuffer.wrap(value).getInt()));
            }
        }
        for (FdtNode child : node.children().values()) {
            largest = Math.max(largest, largestPhandle(child));
        }
        return largest;
    }

    private static void movePhandles(FdtNode node, int distance) {
        for (String name : PHANDLES) {
            byte[] value = node.properties().get(name);
            if (value != null && value.length == Integer.BYTES) {
                add(value, 0, distance);
            }
        }
        node.children().values().forEach(child -> movePhandles(child, distance));
    }

    /** Each property of {@code references} has the offsets at which the one of the same name has a phandle. */
    private static void moveReferences(FdtNode node, FdtNode references, int distance) throws FormatException {
        for (Map.Entry<String, byte[]> reference : references.properties().entrySet()) {
            byte[] value = node.properties().get(reference.getKey());
            ByteBuffer offsets = ByteBuffer.wrap(reference.getValue());
            while (offsets.remaining() >= Integer.BYTES) {
                int offset = offsets.getInt();
                if (value == null || offset < 0 || offset > value.length - Integer.BYTES) {
                    throw new FormatException(
                            "its " + LOCAL_FIXUPS + " point outside of the property " + reference.getKey());
                }
                add(value, offset, distance);
            }
        }
        for (Map.Entry<String, FdtNode> child : references.children().entrySet()) {
            FdtNode same = node.children().get(child.getKey());
            if (same == null) {
                throw new FormatException(
                        "its " + LOCAL_FIXUPS + " name the node " + child.getKey() + ", which it does not have");
            }
            moveReferences(same, child.getValue(), distance);
        }
    }

    private static void add(byte[] value, int offset, int distance) {
        ByteBuffer cell = ByteBuffer.wrap(value);
        cell.putInt(offset, cell.getInt(offset) + distance);
    }
}
