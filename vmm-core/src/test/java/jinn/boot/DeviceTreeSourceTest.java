package jinn.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeviceTreeSourceTest {

    @TempDir
    private Path directory;

    @Test
    void showsStringsCellsBytesAndFlags() {
        byte[] blob = new FdtWriter()
                .reserve(0x1000, 0x20)
                .beginNode("")
                .strings("text", "a \"b\" \\")
                .strings("texts", "a", "bc")
                .strings("empty", "")
                .cells("cells", 0, 0xffff_ffff)
                .longs("longs", 0x1_0000_0002L)
                .property("bytes", new byte[] {1, 0, -1})
                .property("zero", new byte[4])
                .flag("flag")
                .beginNode("child@1")
                .flag("inner")
                .endNode()
                .endNode()
                .toBytes();

        assertEquals("""
                /dts-v1/;
                /memreserve/ 0x1000 0x20;

                / {
                \ttext = "a \\"b\\" \\\\";
                \ttexts = "a", "bc";
                \tempty = "";
                \tcells = <0x0 0xffffffff>;
                \tlongs = <0x1 0x2>;
                \tbytes = [01 00 ff];
                \tzero = <0x0>;
                \tflag;
                \tchild@1 {
                \t\tinner;
                \t};
                };
                """, DeviceTreeSource.of(blob));
    }

    @Test
    void dtcReadsItAsTheSameTree() throws Exception {
        byte[] blob = DeviceTree.build(new GuestDescription(
                new GuestHardware(2, 64L << 20, 2L << 20, 3),
                "quiet x=\"a b\"",
                Optional.of(new GuestDescription.Range(0x4100_0000L, 0x4100_1000L))));
        Path source = Files.writeString(directory.resolve("own.dts"), DeviceTreeSource.of(blob));
        Path compiled = directory.resolve("own.dtb");
        Process dtc = new ProcessBuilder(
                        "dtc", "-q", "-I", "dts", "-O", "dtb", "-o", compiled.toString(), source.toString())
                .inheritIO()
                .start();
        assertEquals(0, dtc.waitFor());

        String fromSource = new Fdt(directory, Files.readAllBytes(compiled)).decompile();
        assertEquals(new Fdt(directory, blob).decompile(), fromSource);
    }
}
