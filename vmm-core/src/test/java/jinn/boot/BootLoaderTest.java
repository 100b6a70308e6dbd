package jinn.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import jinn.error.ImageException;
import jinn.memory.GuestMemory;
import jinn.testing.GuestRam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootLoaderTest {

    private static final long MEMORY_BYTES = 16L << 20;

    @TempDir
    Path directory;

    private final GuestMemory memory = GuestRam.ofBytes(MEMORY_BYTES);

    private byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        memory.copyFrom(address, bytes, 0, length);
        return bytes;
    }

    @Test
    void kernelInitrdAndDeviceTreeAreInMemoryWhereTheTreeSays() throws Exception {
        Path kernel = Images.arm64(directory.resolve("Image"), 5000, 0, 0x5000, 0);
        Path initrd = Files.write(directory.resolve("initrd"), new byte[] {1, 2, 3});

        BootLoader.Entry entry = BootLoader.load(
                memory,
                new BootLoader.Source(kernel, Optional.of(initrd), "quiet", Optional.empty(), List.of()),
                new GuestHardware(2, MEMORY_BYTES, 0, 1));

        assertEquals(0x4020_0000L, entry.entry());
        assertArrayEquals(Files.readAllBytes(kernel), bytes(entry.entry(), 5000));
        Fdt fdt = new Fdt(directory, bytes(entry.deviceTree(), (int) entry.deviceTreeBytes()));
        assertEquals("quiet", fdt.get("s", "/chosen", "bootargs"));
        long initrdStart = lowCell(fdt.get("x", "/chosen", "linux,initrd-start"));
        long initrdEnd = lowCell(fdt.get("x", "/chosen", "linux,initrd-end"));
        assertEquals(3, initrdEnd - initrdStart);
        assertArrayEquals(new byte[] {1, 2, 3}, bytes(initrdStart, 3));
    }

    private static long lowCell(String cells) {
        return Long.parseLong(cells.substring(cells.indexOf(' ') + 1), 16);
    }

    @Test
    void missingInitrdIsNamed() throws Exception {
        Path kernel = Images.arm64(directory.resolve("Image"), 5000, 0, 0x5000, 0);
        Path missing = directory.resolve("initrd");
        BootLoader.Source source = new BootLoader.Source(kernel, Optional.of(missing), "", Optional.empty(), List.of());

        ImageException refused = assertThrows(
                ImageException.class, () -> BootLoader.load(memory, source, new GuestHardware(1, MEMORY_BYTES, 0, 0)));

        assertEquals("cannot load initrd " + missing + ": no such file", refused.getMessage());
    }
}
