package jinn.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jinn.boot.GuestDescription.Range;
import jinn.error.ImageException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BootPlanTest {

    private static final long MEMORY_BYTES = 64L << 20;

    @TempDir
    private Path directory;

    private Path kernel;

    @BeforeEach
    void writeAKernel() throws IOException {
        kernel = Images.arm64(directory.resolve("Image"), 5000, 0, 0x5000, 0);
    }

    @Test
    void placesKernelInitrdAndDeviceTreeOneAfterTheOther() throws IOException {
        Path initrd = Files.write(directory.resolve("initrd"), new byte[] {1, 2, 3});
        BootPlan plan = BootPlan.of(
                new BootLoader.Source(kernel, Optional.of(initrd), "", Optional.empty(), List.of()),
                new GuestHardware(1, MEMORY_BYTES, 0, 0));

        byte[] blob = plan.deviceTreeBlob();
        assertEquals(new Range(0x4020_0000L, 0x4020_5000L), plan.kernel());
        assertEquals(Optional.of(new Range(0x4020_5000L, 0x4020_5003L)), plan.initrd());
        assertEquals(new Range(0x4040_0000L, 0x4040_0000L + blob.length), plan.deviceTree());
        assertArrayEquals(new byte[] {(byte) 0xd0, 0x0d, (byte) 0xfe, (byte) 0xed}, first(blob));
    }

    @Test
    void keepsTheImagesOutOfTheSharedMemory() {
        GuestHardware shared = new GuestHardware(1, 18L << 20, 2L << 20, 0);
        assertEquals(Optional.of(new Range(0x4100_0000L, 0x4120_0000L)), shared.shared());
        BootLoader.Source source = new BootLoader.Source(kernel, Optional.empty(), "", Optional.empty(), List.of());
        BootPlan.of(source, shared);

        GuestHardware nearlyAll = new GuestHardware(1, 18L << 20, 15L << 20, 0);
        assertEquals(
                "cannot load device tree: it needs 65536 bytes from 0x40400000, but RAM ends at 0x40300000; give the"
                        + " machine more memory",
                assertThrows(ImageException.class, () -> BootPlan.of(source, nearlyAll))
                        .getMessage());
    }

    @Test
    void refusesTheKernelInThePlaceOfTheInitrd() {
        assertEquals(
                "cannot load initrd " + kernel + ": found an arm64 Image, expected an initrd such as a cpio archive;"
                        + " is it the kernel's file?",
                refusalOf(kernel));
    }

    @Test
    void refusesAProgramInThePlaceOfTheInitrd() throws IOException {
        byte[] start = "\u007fELF\u0002\u0001\u0001".getBytes(StandardCharsets.ISO_8859_1);
        Path program = Files.write(directory.resolve("init"), start);
        assertEquals(
                "cannot load initrd " + program + ": found an ELF file, expected an initrd such as a cpio archive;"
                        + " is it the kernel's file?",
                refusalOf(program));
    }

    private String refusalOf(Path initrd) {
        BootLoader.Source source = new BootLoader.Source(kernel, Optional.of(initrd), "", Optional.empty(), List.of());
        return assertThrows(ImageException.class, () -> BootPlan.of(source, new GuestHardware(1, MEMORY_BYTES, 0, 0)))
                .getMessage();
    }

    private static byte[] first(byte[] blob) {
        return Arrays.copyOf(blob, 4);
    }
}
