package jinn.testing;

import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.UnionLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/** The fields of a structure, as C names them: the members of a nameless union are fields of the structure around it. */
public final class LayoutFields {

    /** Where a field is, in bytes from the structure's start, and how large. */
    public record Place(long offset, long size) {}

    private LayoutFields() {}

    /** Returns the fields that are no structures themselves, those of inner structures with dotted names. */
    public static Map<String, Place> of(GroupLayout layout) {
        Map<String, Place> fields = new LinkedHashMap<>();
        collect(layout, 0, "", fields);
        return fields;
    }

    private static void collect(GroupLayout group, long base, String prefix, Map<String, Place> fields) {
        for (MemoryLayout member : group.memberLayouts()) {
            String name = member.name().orElseThrow();
            long offset = base + group.byteOffset(PathElement.groupElement(name));
            if (member instanceof UnionLayout union) {
                collect(union, offset, "", fields);
            } else if (member instanceof GroupLayout inner) {
                collect(inner, offset, name + ".", fields);
            } else {
                fields.put(prefix + name, new Place(offset, member.byteSize()));
            }
        }
    }
}
