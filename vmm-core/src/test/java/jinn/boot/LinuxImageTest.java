package jinn.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import jinn.error.GuestFaultException;
import jinn.error.ImageException;
import jinn.memory.GuestMemory;
import jinn.testing.GuestRam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinuxImageTest {

    @TempDir
    Path directory;

    private String refusal(byte[] content) throws IOException {
        Path file = Files.write(directory.resolve("kernel"), content);
        ImageException refused = assertThrows(ImageException.class, () -> LinuxImage.open(file));
        String start = "cannot load kernel " + file + ": ";
        assertTrue(refused.getMessage().startsWith(start), refused.getMessage());
        return refused.getMessage().substring(start.length());
    }

    private static byte[] padded(int offset, String hex, int length) {
        byte[] bytes = new byte[length];
        byte[] mark = HexFormat.of().parseHex(hex);
        System.arraycopy(mark, 0, bytes, offset, mark.length);
        return bytes;
    }

    @Test
    void headerOfAnArm64ImageIsRead() throws IOException {
        LinuxImage image = LinuxImage.open(Images.arm64(directory.resolve("Image"), 5000, 0x1000, 0x9000, 0xa));

        assertEquals(0x1000, image.textOffset());
        assertEquals(0x9000, image.footprintBytes());
        assertEquals(directory.resolve("Image"), image.path());
    }

    @Test
    void imageWithoutItsSizeIsTakenForAnOldKernel() throws IOException {
        LinuxImage image = LinuxImage.open(Images.arm64(directory.resolve("Image"), 5000, 0x1234, 0, 0));

        assertEquals(0x8_0000, image.textOffset());
        assertEquals(5000, image.footprintBytes());
    }

    @Test
    void contentIsCopiedWhole() throws IOException {
        Path file = Images.arm64(directory.resolve("Image"), 5000, 0, 0x2000, 0);
        GuestMemory memory = GuestRam.ofBytes(0x4000);
        LinuxImage.open(file).load(memory, GuestRam.BASE + 0x1000);
        byte[] loaded = new byte[5000];
        memory.copyFrom(GuestRam.BASE + 0x1000, loaded, 0, loaded.length);

        assertArrayEquals(Files.readAllBytes(file), loaded);
        assertEquals(0, memory.readU8(GuestRam.BASE + 0xfff));
        assertEquals(0, memory.readU8(GuestRam.BASE + 0x1000 + 5000));
    }

    @Test
    void imageIsNotLoadedOutsideMemory() throws IOException {
        LinuxImage image = LinuxImage.open(Images.arm64(directory.resolve("Image"), 5000, 0, 0x2000, 0));
        GuestMemory memory = GuestRam.ofBytes(0x2000);

        assertThrows(GuestFaultException.class, () -> image.load(memory, GuestRam.BASE + 0x1000));
    }

    @Test
    void fileThatShrinksMeanwhileIsRefused() throws IOException {
        Path file = Images.arm64(directory.resolve("Image"), 5000, 0, 0x2000, 0);
        LinuxImage image = LinuxImage.open(file);
        Files.write(file, new byte[100]);

        ImageException refused =
                assertThrows(ImageException.class, () -> image.load(GuestRam.ofBytes(0x4000), GuestRam.BASE));
        assertTrue(refused.getMessage().endsWith("the file became shorter while it was read"), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0     | 1f8b0800         | found a gzip file, expected an arm64 Image (\"ARMd\" at byte 56); decompress it with gunzip",
                "0     | 28b52ffd         | found a Zstandard file, expected",
                "0     | fd377a585a00     | found an xz file, expected",
                "0     | 04224d18         | found an LZ4 file, expected",
                "0     | 02214c18         | found an LZ4 file, expected",
                "0     | 425a6839         | found a bzip2 file, expected",
                "4     | 7a696d67         | found a compressed EFI kernel (zboot), expected",
                "0x202 | 48647253         | found an x86 bzImage, expected an arm64 Image (\"ARMd\" at byte 56); use a kernel built for arm64",
                "0x24  | 18286f01         | found a 32-bit Arm zImage, expected",
                "0     | 27051956         | found a U-Boot image, expected",
                "0     | d00dfeed         | found a device tree blob or FIT image, expected",
                "0     | 2321             | found a file that starts with 2321000000000000, expected an arm64 Image (\"ARMd\" at byte 56)",
            })
    void fileOfAnotherKindIsNamed(String offset, String mark, String message) throws IOException {
        String text = refusal(padded(Integer.decode(offset), mark, 5000));

        assertTrue(text.startsWith(message), text);
    }

    @ParameterizedTest
    @CsvSource({"62, x86-64", "183, arm64", "40, 32-bit Arm", "243, RISC-V", "8, machine 8"})
    void elfFileIsNamedWithItsMachine(int machine, String name) throws IOException {
        byte[] elf = padded(0, "7f454c460201", 5000);
        elf[18] = (byte) machine;

        assertEquals(
                "found an ELF file for " + name + ", expected an arm64 Image (\"ARMd\" at byte 56);"
                        + " use arch/arm64/boot/Image, not vmlinux",
                refusal(elf));
    }

    @Test
    void textFileShorterThanAHeaderIsRefused() throws IOException {
        assertEquals(
                "found a file of 6 bytes, shorter than the header of 64, expected an arm64 Image (\"ARMd\" at byte 56)",
                refusal("kernel".getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void headerCutShortIsRefused() throws IOException {
        assertTrue(refusal(Arrays.copyOf(Images.arm64(64, 0, 64, 0), 59)).startsWith("found a file of 59 bytes"));
    }

    @Test
    void bigEndianImageIsRefused() throws IOException {
        assertEquals(
                "found a big-endian arm64 Image, expected a little-endian one", refusal(Images.arm64(100, 0, 100, 1)));
    }

    @Test
    void absurdHeaderFieldsAreRefused() throws IOException {
        assertEquals(
                "its header has image_size 0x8000000000000000, which cannot be",
                refusal(Images.arm64(100, 0, Long.MIN_VALUE, 0)));
        assertEquals(
                "its header has text_offset 0x7fffffffffffffff, which cannot be",
                refusal(Images.arm64(100, Long.MAX_VALUE, 100, 0)));
    }

    @Test
    void truncatedKernelIsToldByItsSectionTable() throws IOException {
        byte[] whole = Images.arm64WithSections(0x2000);
        Path file = Files.write(directory.resolve("whole"), whole);
        assertEquals(0x2000, LinuxImage.open(file).footprintBytes());

        assertEquals(
                "the file is truncated: found 8191 bytes, expected 8192 by its section table; copy it again",
                refusal(Arrays.copyOf(whole, 0x1fff)));
    }

    @Test
    void nonsenseInThePlaceOfAPeHeaderIsIgnored() throws IOException {
        byte[] image = Images.arm64(100, 0, 100, 0);
        Arrays.fill(image, 60, 64, (byte) 0xff);

        assertEquals(
                100,
                LinuxImage.open(Files.write(directory.resolve("odd"), image)).footprintBytes());
    }

    @Test
    void missingEmptyAndWrongKindsOfFileAreNamed() throws IOException {
        Path missing = directory.resolve("missing");
        Path empty = Files.createFile(directory.resolve("empty"));

        assertEquals(
                "cannot load kernel " + missing + ": no such file",
                assertThrows(ImageException.class, () -> LinuxImage.open(missing))
                        .getMessage());
        assertEquals(
                "cannot load kernel " + empty + ": the file is empty",
                assertThrows(ImageException.class, () -> LinuxImage.open(empty)).getMessage());
        assertEquals(
                "cannot load kernel " + directory + ": not a regular file",
                assertThrows(ImageException.class, () -> LinuxImage.open(directory))
                        .getMessage());
    }
}
