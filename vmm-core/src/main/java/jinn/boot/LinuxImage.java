package jinn.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Locale;
import jinn.error.ImageException;
import jinn.memory.GuestMemory;

/**
 * A kernel, or any other program, with the header of an arm64 Image (Linux Documentation/arch/arm64/booting.rst, section
 * 4). Its entry point is its first byte.
 */
public final class LinuxImage {

    private static final int HEADER_BYTES = 64;
    private static final int TEXT_OFFSET = 8;
    private static final int IMAGE_SIZE = 16;
    private static final int FLAGS = 24;
    private static final int MAGIC = 56;
    private static final int PE_HEADER_OFFSET = 60;

    private static final int MAGIC_VALUE = 0x644d5241;
    private static final long FLAG_BIG_ENDIAN = 1;

    /** The text_offset of kernels before 3.17, whose image_size is 0. */
    private static final long OLD_TEXT_OFFSET = 0x8_0000L;

    /** Larger offsets and sizes are nonsense, and keep address arithmetic far from overflow. */
    private static final long SANE_BYTES = 1L << 40;

    /** Enough for the header, the PE section table behind it and the marks of {@link ForeignImage}. */
    private static final int START_BYTES = 4096;

    private final BootFile file;
    private final long textOffset;
    private final long imageBytes;

    private LinuxImage(BootFile file, long textOffset, long imageBytes) {
        this.file = file;
        this.textOffset = textOffset;
        this.imageBytes = imageBytes;
    }

    /**
     * Reads and checks the header.
     *
     * @throws ImageException if the file cannot be read, is not a little-endian arm64 Image, or is truncated
     */
    public static LinuxImage open(Path path) {
        BootFile file = BootFile.open("kernel", path);
        byte[] start = file.readStart(START_BYTES);
        ByteBuffer header = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
        if (start.length < HEADER_BYTES || header.getInt(MAGIC) != MAGIC_VALUE) {
            throw file.failure(notAnImage(start));
        }
        if ((header.getLong(FLAGS) & FLAG_BIG_ENDIAN) != 0) {
            throw file.failure("found a big-endian arm64 Image, expected a little-endian one");
        }
        checkSections(file, header);
        long imageBytes = sane(file, "image_size", header.getLong(IMAGE_SIZE));
        long textOffset = imageBytes == 0 ? OLD_TEXT_OFFSET : sane(file, "text_offset", header.getLong(TEXT_OFFSET));
        return new LinuxImage(file, textOffset, imageBytes);
    }

    private static String notAnImage(byte[] start) {
        String found = ForeignImage.describe(start);
        String[] parts = found.split("; ", 2);
        String remedy = parts.length == 2 ? "; " + parts[1] : "";
        if (start.length < HEADER_BYTES && remedy.isEmpty()) {
            found = "a file of " + start.length + " bytes, shorter than the header of " + HEADER_BYTES;
        } else {
            found = parts[0];
        }
        return "found " + found + ", expected an arm64 Image (\"ARMd\" at byte " + MAGIC + ")" + remedy;
    }

    private static long sane(BootFile file, String field, long value) {
        if (value < 0 || value > SANE_BYTES) {
            throw file.failure(String.format(Locale.ROOT, "its header has %s 0x%x, which cannot be", field, value));
        }
        return value;
    }

    /* image_size counts memory, not file, so it cannot tell a truncated file. The EFI stub's section table can. */
    private static void checkSections(BootFile file, ByteBuffer header) {
        long needed = PeSections.fileBytes(header, Integer.toUnsignedLong(header.getInt(PE_HEADER_OFFSET)));
        if (needed > file.bytes()) {
            throw file.failure(String.format(
                    Locale.ROOT,
                    "the file is truncated: found %d bytes, expected %d by its section table; copy it again",
                    file.bytes(),
                    needed));
        }
    }

    /** Returns the file the image is in. */
    public Path path() {
        return file.path();
    }

    /** Returns the distance of the image from a base that is a multiple of 2 MiB. */
    public long textOffset() {
        return textOffset;
    }

    /** Returns how many bytes of RAM the image needs from its first byte on, uninitialised data included. */
    public long footprintBytes() {
        return Math.max(imageBytes, file.bytes());
    }

    /**
     * Copies the image into guest memory.
     *
     * @param address guest-physical address of its first byte: a multiple of 2 MiB plus {@link #textOffset}
     * @throws ImageException if the file cannot be read any more
     * @throws jinn.error.GuestFaultException if the place is not in guest memory
     */
    public void load(GuestMemory memory, long address) {
        file.load(memory, address);
    }
}
