package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code jinn map} and {@code jinn dtb}. */
final class PreviewCommandsTest {

    @TempDir
    private Path directory;

    private Path description;

    @BeforeEach
    void writeADescription() throws IOException {
        ImageFile.write(directory.resolve("Image"), 0x1_8000);
        description = Files.writeString(directory.resolve("web.json"), """
                {"boot": {"kernel": "Image"}, "machine": {"memory": "64MiB"}, "devices": [{"type": "rng"}],
                 "doorbells": [{"name": "demo", "address": "0x0b000000", "length": 4, "match": "0x1"}]}
                """);
    }

    @Test
    void mapShowsWhatIsWhereAndWhatIsInsideOfWhat() {
        Invocation map = Invocation.of("map", description.toString());

        assertEquals(0, map.exitCode(), map.err());
        List<String> lines = map.out().lines().toList();
        assertEquals(
                List.of(
                        "vm web: guest-physical addresses",
                        "0x08000000-0x0800ffff    64 KiB   the GIC distributor",
                        "0x080a0000-0x080bffff    128 KiB  the GIC redistributors",
                        "0x09000000-0x09000fff    4 KiB    the PL011 UART",
                        "0x09010000-0x09010fff    4 KiB    the place of the PL031 clock",
                        "0x09030000-0x09030fff    4 KiB    the PL061 of the power button",
                        "0x0a000000-0x0a000fff    4 KiB    the device rng0",
                        "0x0a001000-0x0a01ffff    124 KiB  the free virtio-mmio slots",
                        "0x0b000000-0x0bffffff    16 MiB   the doorbell window",
                        "  0x0b000000-0x0b000003  4 B      doorbell demo: 4 bytes, value 0x1",
                        "0x40000000-0x43ffffff    64 MiB   RAM",
                        "  0x40200000-0x40217fff  96 KiB   the kernel: " + directory.resolve("Image")),
                lines.subList(0, lines.size() - 1));
        assertTrue(lines.getLast().startsWith("  0x40400000-0x40400"), lines.getLast());
    }

    @Test
    void mapIsJsonForPrograms() {
        Invocation map = Invocation.of("map", "--json", description.toString());

        assertEquals(0, map.exitCode(), map.err());
        assertTrue(map.out().replaceAll("\\s+", " ").contains("""
                { "kind" : "doorbell", "start" : "0x0b000000", "bytes" : 4, "name" : "doorbell demo", \
                "detail" : "4 bytes, value 0x1" }"""), map.out());
    }

    @Test
    void dtbPrintsTheSource() {
        Invocation dtb = Invocation.of("dtb", description.toString());

        assertEquals(0, dtb.exitCode(), dtb.err());
        assertTrue(dtb.out().startsWith("/dts-v1/;\n\n/ {\n\tcompatible = \"linux,dummy-virt\";\n"), dtb.out());
        assertTrue(dtb.out().endsWith("};\n"), dtb.out());
    }

    @Test
    void dtbWritesTheBlobAndReplacesWhatWasThere() throws IOException {
        Path blob = Files.writeString(directory.resolve("vm.dtb"), "old");
        Invocation dtb = Invocation.of("dtb", "-o", blob.toString(), description.toString());

        assertEquals(0, dtb.exitCode(), dtb.err());
        assertEquals("", dtb.out());
        byte[] start = Arrays.copyOf(Files.readAllBytes(blob), 4);
        assertArrayEquals(new byte[] {(byte) 0xd0, 0x0d, (byte) 0xfe, (byte) 0xed}, start);
    }

    @Test
    void dtbLeavesNothingWhereItCannotWrite() throws IOException {
        Path blob = directory.resolve("missing/vm.dtb");
        Invocation dtb = Invocation.of("dtb", "-o", blob.toString(), description.toString());

        assertEquals(1, dtb.exitCode());
        assertEquals(List.of("jinn: cannot write the device tree " + blob + ": no such directory"), dtb.errLines());
    }

    @Test
    void bothRefuseAKernelThatIsNoImage() throws IOException {
        Files.write(directory.resolve("Image"), new byte[] {0x1f, (byte) 0x8b, 8, 0});
        for (String command : List.of("map", "dtb")) {
            Invocation refused = Invocation.of(command, description.toString());
            assertEquals(4, refused.exitCode());
            assertEquals("", refused.out());
            assertTrue(refused.err().contains("a gzip file, expected an arm64 Image"), refused.err());
        }
    }
}
