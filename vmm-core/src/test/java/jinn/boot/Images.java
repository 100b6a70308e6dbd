package jinn.boot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes files for boot tests. */
final class Images {

    static final int HEADER_BYTES = 64;

    private Images() {}

    /** Writes an arm64 Image of the given length whose bytes after the header count up. */
    static Path arm64(Path file, int length, long textOffset, long imageSize, long flags) throws IOException {
        return Files.write(file, arm64(length, textOffset, imageSize, flags));
    }

    static byte[] arm64(int length, long textOffset, long imageSize, long flags) {
        ByteBuffer image = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        image.putInt(0x1400_0010)
                .putInt(0)
                .putLong(textOffset)
                .putLong(imageSize)
                .putLong(flags);
        image.putInt(56, 0x644d5241);
        for (int i = HEADER_BYTES; i < length; i++) {
            image.put(i, (byte) i);
        }
        return image.array();
    }

    /** Writes an arm64 Image with a PE header at 64 and one section that fills the rest of {@code length} bytes. */
    static byte[] arm64WithSections(int length) {
        byte[] image = arm64(length, 0, length, 0);
        ByteBuffer pe = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        int header = HEADER_BYTES;
        pe.putInt(60, header);
        pe.putInt(header, 0x4550);
        pe.putShort(header + 6, (short) 1);
        pe.putShort(header + 20, (short) 0xa0);
        int section = header + 24 + 0xa0;
        pe.putInt(section + 16, length - 0x400);
        pe.putInt(section + 20, 0x400);
        return image;
    }
}
