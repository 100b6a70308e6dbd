package jinn.uapi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The field types of kernel interfaces on arm64 and the offsets of named fields. */
public final class Fields {

    /** A byte: {@code __u8}. */
    public static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;

    /** 4 bytes, little-endian: {@code __u32}, {@code __s32}. */
    public static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** 8 bytes, little-endian: {@code __u64}. */
    public static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Fields() {}

    /** Returns the byte offset of the field {@code name} in {@code struct}. */
    public static long offset(StructLayout struct, String name) {
        return struct.byteOffset(PathElement.groupElement(name));
    }

    /** Returns an array of {@code count} bytes. */
    public static MemoryLayout bytes(long count) {
        return MemoryLayout.sequenceLayout(count, U8);
    }
}
