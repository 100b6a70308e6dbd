package jinn.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the smallest file that is an arm64 Image: a header and nothing else. */
final class ImageFile {

    private static final int HEADER_BYTES = 64;

    private ImageFile() {}

    static Path write(Path file, long imageBytes) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(16, imageBytes);
        header.putInt(56, 0x644d5241);
        return Files.write(file, header.array());
    }
}
