package jinn.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Recognises what people give in place of an arm64 Image, so that the message can say what to do. */
final class ForeignImage {

    private static final HexFormat HEX = HexFormat.of();

    /* Fields of an ELF header (ELF-64 object file format, e_machine). */
    private static final int ELF_MACHINE = 18;
    private static final int ELF_DATA = 5;
    private static final int ELF_LITTLE_ENDIAN = 1;
    private static final Map<Integer, String> ELF_MACHINES =
            Map.of(3, "x86", 40, "32-bit Arm", 62, "x86-64", 183, "arm64", 243, "RISC-V");

    private static final int SHOWN_BYTES = 8;

    /**
     * A known format.
     *
     * @param offset of its mark in the file
     * @param mark the bytes there, in hexadecimal
     * @param text what it is, and what to do
     */
    private record Signature(int offset, String mark, String text) {

        boolean matches(byte[] start) {
            int end = offset + mark.length() / 2;
            return end <= start.length && mark.equals(HEX.formatHex(start, offset, end));
        }
    }

    /* Marks: RFC 1952, RFC 8878, the xz, LZ4 and bzip2 formats; Linux boot.rst for x86 (0x202), zboot-header.S (4);
     * the 32-bit zImage (0x24); U-Boot's legacy image; the Devicetree Specification section 5.2. */
    private static final List<Signature> SIGNATURES = List.of(
            new Signature(0, "1f8b", "a gzip file; decompress it with gunzip"),
            new Signature(0, "28b52ffd", "a Zstandard file; decompress it with unzstd"),
            new Signature(0, "fd377a585a00", "an xz file; decompress it with unxz"),
            new Signature(0, "04224d18", "an LZ4 file; decompress it with unlz4"),
            new Signature(0, "02214c18", "an LZ4 file; decompress it with unlz4"),
            new Signature(0, "425a68", "a bzip2 file; decompress it with bunzip2"),
            new Signature(4, hex("zimg"), "a compressed EFI kernel (zboot); use the Image it was made from"),
            new Signature(0x202, hex("HdrS"), "an x86 bzImage; use a kernel built for arm64"),
            new Signature(0x24, "18286f01", "a 32-bit Arm zImage; use a kernel built for arm64"),
            new Signature(0, "27051956", "a U-Boot image; use the Image it was made from"),
            new Signature(0, "d00dfeed", "a device tree blob or FIT image; use the Image it was made from"));

    private ForeignImage() {}

    /**
     * Describes a file that is not an arm64 Image.
     *
     * @param start its first bytes, at least 0x206 if the file has them
     */
    static String describe(byte[] start) {
        if (isElf(start)) {
            return describeElf(start);
        }
        for (Signature signature : SIGNATURES) {
            if (signature.matches(start)) {
                return signature.text();
            }
        }
        return "a file that starts with " + HEX.formatHex(start, 0, Math.min(SHOWN_BYTES, start.length));
    }

    /** Returns whether a file that begins so is an ELF file. */
    static boolean isElf(byte[] start) {
        return new Signature(0, "7f454c46", "").matches(start);
    }

    private static String describeElf(byte[] start) {
        String machine = "an unknown machine";
        if (start.length >= ELF_MACHINE + Short.BYTES) {
            ByteOrder order = start[ELF_DATA] == ELF_LITTLE_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
            int number = Short.toUnsignedInt(ByteBuffer.wrap(start).order(order).getShort(ELF_MACHINE));
            machine = ELF_MACHINES.getOrDefault(number, String.format(Locale.ROOT, "machine %d", number));
        }
        return "an ELF file for " + machine + "; use arch/arm64/boot/Image, not vmlinux";
    }

    private static String hex(String ascii) {
        return HEX.formatHex(ascii.getBytes(StandardCharsets.US_ASCII));
    }
}
