package jinn.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;

/** Opens initrds. Their format is the guest's affair, so only what cannot be one for any guest is refused. */
final class InitrdFile {

    private static final int START_BYTES = 64;
    private static final int MAGIC = 56;
    private static final int IMAGE_MAGIC = 0x644d5241;

    private InitrdFile() {}

    /**
     * Looks at the file.
     *
     * @throws jinn.error.ImageException if it is missing, unreadable or empty, or a kernel
     */
    static BootFile open(Path path) {
        BootFile file = BootFile.open("initrd", path);
        kernelIn(file.readStart(START_BYTES)).ifPresent(found -> {
            throw file.failure(
                    "found " + found + ", expected an initrd such as a cpio archive; is it the kernel's file?");
        });
        return file;
    }

    private static Optional<String> kernelIn(byte[] start) {
        ByteBuffer header = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
        if (start.length == START_BYTES && header.getInt(MAGIC) == IMAGE_MAGIC) {
            return Optional.of("an arm64 Image");
        }
        return ForeignImage.isElf(start) ? Optional.of("an ELF file") : Optional.empty();
    }
}
