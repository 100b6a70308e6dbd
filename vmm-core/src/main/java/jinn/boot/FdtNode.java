package jinn.boot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A node of a device tree that is to be changed before it is written. Not thread-safe. */
final class FdtNode {

    private final Map<String, byte[]> properties = new LinkedHashMap<>();
    private final Map<String, FdtNode> children = new LinkedHashMap<>();

    /** Returns the properties by name, to be read and changed. */
    Map<String, byte[]> properties() {
        return properties;
    }

    /** Returns the children by name, to be read and changed. */
    Map<String, FdtNode> children() {
        return children;
    }

    /** Returns the child, which is made if there is none. */
    FdtNode child(String name) {
        return children.computeIfAbsent(name, ignored -> new FdtNode());
    }

    /** Returns the node at a path such as {@code /cpus/cpu@0}, from this one as the root. */
    Optional<FdtNode> find(String path) {
        Optional<FdtNode> node = path.startsWith("/") ? Optional.of(this) : Optional.empty();
        for (String name : path.split("/+", -1)) {
            if (!name.isEmpty()) {
                node = node.map(parent -> parent.children.get(name));
            }
        }
        return node;
    }

    /** Sets a property of one string. */
    void set(String name, String value) {
        properties.put(name, (value + '\0').getBytes(StandardCharsets.UTF_8));
    }

    /** Sets a property of one 64-bit number. */
    void set(String name, long value) {
        properties.put(name, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    /** Writes the node, its properties first, as Version 17 wants it. */
    void write(String name, FdtWriter fdt) {
        fdt.beginNode(name);
        properties.forEach(fdt::property);
        children.forEach((childName, child) -> child.write(childName, fdt));
        fdt.endNode();
    }
}
