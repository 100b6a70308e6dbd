package jinn.uapi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The field types of the UAPI and the offsets of named fields. */
final class Fields {

    static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Fields() {}

    /** Returns the byte offset of the field {@code name} in {@code struct}. */
    static long offset(StructLayout struct, String name) {
        return struct.byteOffset(PathElement.groupElement(name));
    }

    /** Returns an array of {@code count} bytes. */
    static MemoryLayout bytes(long count) {
        return MemoryLayout.sequenceLayout(count, U8);
    }
}
