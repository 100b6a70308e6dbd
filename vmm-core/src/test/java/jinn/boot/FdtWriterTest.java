package jinn.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FdtWriterTest {

    @TempDir
    Path directory;

    @Test
    void everyKindOfPropertyIsReadBackByTheRealTools() throws Exception {
        byte[] blob = new FdtWriter()
                .reserve(0x4000_0000L, 0x1_0000)
                .reserve(0x1_2345_6000L, 0x1000)
                .beginNode("")
                .cells("cells", 1, -1, 0x1234)
                .longs("longs", 0x1_0000_0002L)
                .beginNode("child@1")
                .strings("list", "a", "bcd", "")
                .strings("text", "five!")
                .flag("flag")
                .property("bytes", new byte[] {1, 2, (byte) 0xff})
                .endNode()
                .beginNode("second")
                .cells("cells", 7)
                .endNode()
                .endNode()
                .toBytes();
        Fdt fdt = new Fdt(directory, blob);

        assertEquals("1 ffffffff 1234", fdt.get("x", "/", "cells"));
        assertEquals("1 2", fdt.get("x", "/", "longs"));
        assertEquals("five!", fdt.get("s", "/child@1", "text"));
        assertEquals("a bcd", fdt.get("s", "/child@1", "list"));
        assertEquals("1 2 ff", fdt.get("bx", "/child@1", "bytes"));
        assertEquals(List.of("list", "text", "flag", "bytes"), fdt.properties("/child@1"));
        assertEquals("7", fdt.get("u", "/second", "cells"));
        assertEquals(List.of("child@1", "second"), fdt.children("/"));
        String source = new Fdt(directory, blob).get("s", "/child@1", "flag");
        assertEquals("", source);
    }

    @Test
    void reservationsAreInTheBlob() throws Exception {
        byte[] blob = new FdtWriter()
                .reserve(0x4000_0000L, 0x1_0000)
                .beginNode("")
                .endNode()
                .toBytes();

        String source = new Fdt(directory, blob).decompile();

        assertTrue(source.contains("/memreserve/\t0x0000000040000000 0x0000000000010000;"), source);
    }

    @Test
    void headerIsThatOfVersionSeventeen() {
        byte[] blob = new FdtWriter().beginNode("").flag("x").endNode().toBytes();
        ByteBuffer header = ByteBuffer.wrap(blob);

        assertEquals(0xd00dfeed, header.getInt(0));
        assertEquals(blob.length, header.getInt(4));
        assertEquals(40, header.getInt(16));
        assertEquals(17, header.getInt(20));
        assertEquals(16, header.getInt(24));
        assertEquals(header.getInt(12) - header.getInt(8), header.getInt(36));
        assertEquals(2, header.getInt(32));
    }

    @Test
    void sameNameIsStoredOnce() {
        int one = new FdtWriter().beginNode("").flag("name").endNode().toBytes().length;
        int two = new FdtWriter()
                .beginNode("")
                .flag("name")
                .beginNode("n")
                .flag("name")
                .endNode()
                .endNode()
                .toBytes()
                .length;

        assertEquals(4 + 4 + 12 + 4, two - one);
    }

    @Test
    void treeThatIsNoTreeIsRefused() {
        assertThrows(IllegalStateException.class, () -> new FdtWriter().toBytes());
        assertThrows(
                IllegalStateException.class, () -> new FdtWriter().beginNode("").toBytes());
        assertThrows(IllegalStateException.class, () -> new FdtWriter().endNode());
        assertThrows(IllegalStateException.class, () -> new FdtWriter().beginNode("root"));
        assertThrows(IllegalStateException.class, () -> new FdtWriter().flag("x"));
        assertThrows(
                IllegalStateException.class,
                () -> new FdtWriter().beginNode("").endNode().beginNode(""));
        assertThrows(
                IllegalStateException.class,
                () -> new FdtWriter().beginNode("").beginNode("a").endNode().flag("x"));
        assertThrows(
                IllegalArgumentException.class,
                () -> new FdtWriter().beginNode("").strings("x", "a\0b"));
    }
}
