package jinn.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import jinn.boot.GuestDescription.Range;
import jinn.error.ImageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Device trees of others, compiled and read by the real {@code dtc} and {@code fdtget}. */
final class GuestDeviceTreeTest {

    private static final GuestHardware HARDWARE = new GuestHardware(2, 64L << 20, 0, 1);

    private static final String OVERLAY = """
            /dts-v1/;
            /plugin/;
            &{/} {
                clk: lamp-clock {
                    compatible = "fixed-clock";
                    #clock-cells = <0>;
                    clock-frequency = <1000>;
                };
                lamp@c000000 {
                    compatible = "example,lamp";
                    reg = <0 0xc000000 0 0x1000>;
                    clocks = <&clk>;
                };
            };
            &{/chosen} {
                example,note = "hello";
            };
            """;

    @TempDir
    private Path directory;

    @Test
    void withoutFilesItIsJinnsOwn() {
        GuestDescription guest = guest("quiet", Optional.empty());
        assertArrayEquals(
                DeviceTree.build(guest), GuestDeviceTree.build(source(Optional.empty(), List.of(), guest), guest));
    }

    @Test
    void anOverlayAddsNodesAndPropertiesAndKeepsItsOwnReferences() throws Exception {
        Path overlay = compile("lamp", OVERLAY);
        Fdt fdt = new Fdt(directory, build(Optional.empty(), List.of(overlay), guest("quiet", Optional.empty())));

        assertEquals("example,lamp", fdt.get("s", "/lamp@c000000", "compatible"));
        assertEquals("hello", fdt.get("s", "/chosen", "example,note"));
        assertEquals("quiet", fdt.get("s", "/chosen", "bootargs"));
        assertEquals("5", fdt.get("u", "/lamp-clock", "phandle"), "behind the four of Jinn's own tree");
        assertEquals("5", fdt.get("u", "/lamp@c000000", "clocks"));
        assertEquals(List.of("cpu@0", "cpu@1"), fdt.children("/cpus"));
        assertTrue(fdt.decompile().contains("gpio-keys"));
    }

    @Test
    void overlaysAreMergedInOrder() throws Exception {
        Path first = compile("first", "/dts-v1/; /plugin/; &{/} { a { v = <1>; w = <1>; r = <&l>; l: b { }; }; };");
        Path second = compile("second", "/dts-v1/; /plugin/; &{/a} { v = <2>; r2 = <&l>; l: c { }; };");
        Fdt fdt = new Fdt(directory, build(Optional.empty(), List.of(first, second), guest("", Optional.empty())));

        assertEquals("2", fdt.get("u", "/a", "v"));
        assertEquals("1", fdt.get("u", "/a", "w"));
        assertEquals(fdt.get("u", "/a/b", "phandle"), fdt.get("u", "/a", "r"));
        assertEquals(fdt.get("u", "/a/c", "phandle"), fdt.get("u", "/a", "r2"));
        assertFalse(fdt.get("u", "/a", "r").equals(fdt.get("u", "/a", "r2")));
    }

    @Test
    void aTreeOfAFileGetsTheCommandLineAndTheInitrd() throws Exception {
        Path given = compile("own", """
                /dts-v1/;
                /memreserve/ 0x48000000 0x1000;
                / {
                    model = "somebody's";
                    chosen { bootargs = "old"; stdout-path = "/uart"; linux,initrd-start = <1>; };
                };
                """);
        Range initrd = new Range(0x4500_0000L, 0x4512_3456L);
        Fdt fdt = new Fdt(directory, build(Optional.of(given), List.of(), guest("new", Optional.of(initrd))));
        assertEquals("somebody's", fdt.get("s", "/", "model"));
        assertEquals(List.of("chosen"), fdt.children("/"));
        assertEquals("new", fdt.get("s", "/chosen", "bootargs"));
        assertEquals("/uart", fdt.get("s", "/chosen", "stdout-path"));
        assertEquals("0 45000000", fdt.get("x", "/chosen", "linux,initrd-start"));
        assertEquals("0 45123456", fdt.get("x", "/chosen", "linux,initrd-end"));
        assertTrue(fdt.decompile().contains("/memreserve/"));

        Fdt bare = new Fdt(directory, build(Optional.of(given), List.of(), guest("", Optional.empty())));
        assertEquals("old", bare.get("s", "/chosen", "bootargs"));
        assertEquals(List.of("bootargs", "stdout-path"), bare.properties("/chosen"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "&gic { a; };             | it refers to labels of the tree beneath (gic), which has none; use"
                        + " target-path, as in &{/path}",
                "&{/} { a { b = <&gic>; }; }; | it refers to labels of the tree beneath (gic), which has none; use"
                        + " target-path, as in &{/path}",
                "&{/soc} { a; };          | fragment@0 changes /soc, but the tree has no such node; 'jinn dtb' shows"
                        + " those it has",
                "/ { fragment@7 { __overlay__ { a; }; }; }; | fragment@7 has no target-path, by which Jinn finds what it"
                        + " changes",
                "/ { fragment@0 { target-path = \"/\"; }; }; | it has no fragment with an __overlay__ node; is it an"
                        + " overlay?",
                "/ { a; };                | it has no fragment with an __overlay__ node; is it an overlay?",
                "&{/apb-pclk} { phandle = <9>; }; | fragment@0 gives a node another phandle, to which others refer;"
                        + " leave its label out",
                "/ { x { phandle = <0xfffffffe>; }; }; | it needs more phandles than there are",
            })
    void anOverlayThatCannotBeMergedIsToldWithTheReason(String source, String reason) throws Exception {
        Path overlay = compile("bad", "/dts-v1/; /plugin/; " + source);
        assertEquals(
                "cannot load device tree overlay " + overlay + ": " + reason,
                refusal(Optional.empty(), List.of(overlay)));
    }

    @Test
    void filesThatAreNoTreesAreTold() throws Exception {
        Path text = Files.writeString(directory.resolve("text"), OVERLAY);
        assertEquals(
                "cannot load device tree " + text + ": it is no flattened device tree, which 'dtc -O dtb' makes",
                refusal(Optional.of(text), List.of()));
        Path missing = directory.resolve("missing");
        assertEquals(
                "cannot load device tree overlay " + missing + ": no such file",
                refusal(Optional.empty(), List.of(missing)));

        byte[] whole = Files.readAllBytes(compile("lamp", OVERLAY));
        Path cut = Files.write(directory.resolve("cut"), Arrays.copyOf(whole, whole.length - 1));
        assertEquals(
                "cannot load device tree " + cut + ": its header says " + whole.length + " bytes, but the file has "
                        + (whole.length - 1),
                refusal(Optional.of(cut), List.of()));
        Path large = Files.write(directory.resolve("large"), new byte[0x1_0001]);
        assertEquals(
                "cannot load device tree " + large + ": it has 65537 bytes, but the place of a device tree 65536",
                refusal(Optional.of(large), List.of()));
    }

    @Test
    void aTreeThatGetsTooLargeIsTold() throws Exception {
        Path overlay = compile("large", "/dts-v1/; /plugin/; &{/} { a = \"" + "x".repeat(64_000) + "\"; };");
        assertTrue(
                refusal(Optional.empty(), List.of(overlay))
                        .matches("cannot load device tree: it has 6\\d{4} bytes, but its place only 65536"),
                () -> refusal(Optional.empty(), List.of(overlay)));
    }

    /** Whatever the file says, it is merged or refused in one line, and what is merged is a tree. */
    @Test
    void twentyThousandMutationsAreMergedOrRefused() throws Exception {
        byte[] original = Files.readAllBytes(compile("lamp", OVERLAY));
        Random random = new Random(7);
        int merged = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] blob = original.clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                blob[random.nextInt(blob.length)] = (byte) (random.nextBoolean() ? random.nextInt(256) : 0xff);
            }
            try {
                FdtTree tree = FdtTree.read(DeviceTree.build(guest("", Optional.empty())));
                DeviceTreeOverlay.apply(tree.root(), FdtTree.read(blob).root());
                byte[] result = tree.toBytes();
                assertArrayEquals(result, FdtTree.read(result).toBytes());
                assertTrue(DeviceTreeSource.of(result).startsWith("/dts-v1/;"));
                merged++;
            } catch (FdtTree.FormatException e) {
                assertFalse(e.getMessage().isEmpty() || e.getMessage().contains("\n"), e.getMessage());
            }
        }
        assertTrue(merged > 1000 && merged < 19_000, merged + " merged");
    }

    private String refusal(Optional<Path> tree, List<Path> overlays) {
        return assertThrows(ImageException.class, () -> build(tree, overlays, guest("", Optional.empty())))
                .getMessage();
    }

    private byte[] build(Optional<Path> tree, List<Path> overlays, GuestDescription guest) {
        return GuestDeviceTree.build(source(tree, overlays, guest), guest);
    }

    private BootLoader.Source source(Optional<Path> tree, List<Path> overlays, GuestDescription guest) {
        return new BootLoader.Source(directory.resolve("Image"), Optional.empty(), guest.cmdline(), tree, overlays);
    }

    private static GuestDescription guest(String cmdline, Optional<Range> initrd) {
        return new GuestDescription(HARDWARE, cmdline, initrd);
    }

    private Path compile(String name, String source) throws IOException, InterruptedException {
        Path blob = directory.resolve(name + ".dtb");
        Process dtc = new ProcessBuilder("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", blob.toString(), "-")
                .redirectErrorStream(true)
                .start();
        dtc.getOutputStream().write(source.getBytes(StandardCharsets.UTF_8));
        dtc.getOutputStream().close();
        String complaints = new String(dtc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, dtc.waitFor(), complaints);
        return blob;
    }
}
