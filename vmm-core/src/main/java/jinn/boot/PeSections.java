package jinn.boot;

import java.nio.ByteBuffer;

/** The section table of a PE file, as far as it tells how long the file must be (Microsoft PE format, sections 2-4). */
final class PeSections {

    private static final int SIGNATURE = 0x00004550;
    private static final int SECTION_COUNT = 6;
    private static final int OPTIONAL_HEADER_SIZE = 20;
    private static final int OPTIONAL_HEADER = 24;
    private static final int SECTION_BYTES = 40;
    private static final int RAW_SIZE = 16;
    private static final int RAW_OFFSET = 20;

    private PeSections() {}

    /**
     * Returns how many bytes the file must have to hold all of its sections.
     *
     * @param start the first bytes of the file, little-endian
     * @param offset of the PE header in them
     * @return 0 if there is no PE header; sections whose table entry lies outside {@code start} do not count
     */
    static long fileBytes(ByteBuffer start, long offset) {
        if (offset == 0 || offset > start.limit() - OPTIONAL_HEADER || start.getInt((int) offset) != SIGNATURE) {
            return 0;
        }
        int header = (int) offset;
        int count = Short.toUnsignedInt(start.getShort(header + SECTION_COUNT));
        int table = header + OPTIONAL_HEADER + Short.toUnsignedInt(start.getShort(header + OPTIONAL_HEADER_SIZE));
        long needed = 0;
        for (int i = 0; i < count && table + (i + 1) * SECTION_BYTES <= start.limit(); i++) {
            int section = table + i * SECTION_BYTES;
            long size = Integer.toUnsignedLong(start.getInt(section + RAW_SIZE));
            long first = Integer.toUnsignedLong(start.getInt(section + RAW_OFFSET));
            needed = Math.max(needed, first + size);
        }
        return needed;
    }
}
