package jinn.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import jinn.error.GuestFaultException;
import jinn.testing.GuestRam;
import org.junit.jupiter.api.Test;

final class GuestWindowTest {

    private static final long START = GuestRam.BASE + 0x100;

    private final GuestMemory memory = GuestRam.ofBytes(0x1000);
    private final GuestWindow window = memory.window(START, 16);

    @Test
    void readsAndWritesTheMemoryThatItIsOn() {
        window.writeU64(0, 0x1122_3344_5566_7788L);
        assertEquals(0x88, memory.readU8(START));
        assertEquals(0x1122_3344_5566_7788L, window.readU64(0));
        assertEquals(0x5566, window.readU16(2));
        window.writeU16(9, 0x1_fedc);
        assertEquals(0xfedc, memory.readU16(START + 9));
        window.releaseU16(14, 0xabcd);
        assertEquals(0xabcd, window.acquireU16(14));
        assertEquals(0xabcd, memory.readU16(START + 14));
    }

    @Test
    void anOffsetOutsideIsTheCallersFault() {
        assertThrows(IndexOutOfBoundsException.class, () -> window.readU64(9));
        assertThrows(IndexOutOfBoundsException.class, () -> window.writeU16(-1, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> window.releaseU16(16, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> GuestWindow.EMPTY.readU16(0));
    }

    @Test
    void aRangeOutsideIsTheGuestsFault() {
        assertThrows(GuestFaultException.class, () -> memory.window(GuestRam.BASE + 0xff8, 16));
    }
}
