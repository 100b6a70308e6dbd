package jinn.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import jinn.error.ImageException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuestLayoutTest {

    private static final long MIB = 1L << 20;

    @TempDir
    Path directory;

    private LinuxImage kernel;

    @BeforeEach
    void writeKernel() throws IOException {
        kernel = LinuxImage.open(Images.arm64(directory.resolve("Image"), 5000, 0x1000, 3 * MIB, 0));
    }

    @Test
    void kernelInitrdAndDeviceTreeFollowEachOther() {
        GuestLayout.Placement place = GuestLayout.place(64 * MIB, kernel, 100_000);

        assertEquals(0x4020_1000L, place.kernel());
        assertEquals(0x4050_1000L, place.initrd());
        assertEquals(0x4060_0000L, place.deviceTree());
    }

    @ParameterizedTest
    @CsvSource({
        "3,  0,        'cannot load kernel %s: it needs 3145728 bytes from 0x40201000, but RAM ends at 0x40300000'",
        "16, 11530241, 'cannot load initrd: it needs 11530241 bytes from 0x40501000, but RAM ends at 0x41000000'",
        "16, 11530240, 'cannot load device tree: it needs 65536 bytes from 0x41000000, but RAM ends at 0x41000000'",
    })
    void whatDoesNotFitIsNamed(long memoryMib, long initrdBytes, String message) {
        ImageException refused =
                assertThrows(ImageException.class, () -> GuestLayout.place(memoryMib * MIB, kernel, initrdBytes));

        assertEquals(message.formatted(kernel.path()) + "; give the machine more memory", refused.getMessage());
    }

    @Test
    void virtioDevicesHaveAPageEach() {
        assertEquals(0x0a00_0000L, GuestLayout.virtioAddress(0));
        assertEquals(0x0a01_f000L, GuestLayout.virtioAddress(31));
        assertEquals(16, GuestLayout.virtioSpi(0));
        assertEquals(47, GuestLayout.virtioSpi(31));
    }
}
