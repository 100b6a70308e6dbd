package jinn.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.List;
import jinn.error.GuestFaultException;
import jinn.testing.GuestRam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuestMemoryTest {

    private static final long BASE = GuestRam.BASE;
    private static final long SIZE = 0x2000;

    private final GuestMemory memory = GuestRam.ofBytes(SIZE);

    @Test
    void valuesAreLittleEndianAtAnyAlignment() {
        memory.writeU64(BASE + 1, 0x1122_3344_5566_7788L);

        assertEquals(0x88, memory.readU8(BASE + 1));
        assertEquals(0x7788, memory.readU16(BASE + 1));
        assertEquals(0x5566_7788L, memory.readU32(BASE + 1));
        assertEquals(0x1122_3344_5566_7788L, memory.readU64(BASE + 1));
        assertEquals(0x11, memory.readU8(BASE + 8));
    }

    @Test
    void narrowReadsAreZeroExtended() {
        memory.writeU64(BASE, -1);

        assertEquals(0xff, memory.readU8(BASE));
        assertEquals(0xffff, memory.readU16(BASE));
        assertEquals(0xffff_ffffL, memory.readU32(BASE));
        assertEquals(0xffff, memory.acquireU16(BASE));
        assertEquals(0xffff_ffffL, memory.acquireU32(BASE));
    }

    @Test
    void narrowWritesTouchOnlyTheirBytes() {
        memory.writeU8(BASE + 8, -1);
        memory.writeU16(BASE + 16, -1);
        memory.writeU32(BASE + 24, -1);
        memory.releaseU16(BASE + 32, -1);
        memory.releaseU32(BASE + 40, -1);

        assertEquals(0xffL, memory.readU64(BASE + 8));
        assertEquals(0xffffL, memory.readU64(BASE + 16));
        assertEquals(0xffff_ffffL, memory.readU64(BASE + 24));
        assertEquals(0xffffL, memory.readU64(BASE + 32));
        assertEquals(0xffff_ffffL, memory.readU64(BASE + 40));
    }

    @ParameterizedTest
    @CsvSource({
        "0x3fffffff, 1",
        "0x40002000, 1",
        "0x40001fff, 2",
        "0x40000000, 0x2001",
        "0x40001000, 0x7fffffffffffffff",
        "0x40001000, -1",
        "-1, 1",
        "-8, 16",
        "0, 8",
        "0x7fffffffffffffff, 1",
        "0x8000000040000000, 1",
    })
    void rangeOutsideIsRefusedAndNamed(String address, String length) {
        long start = Long.decode(address.startsWith("0x8") ? "-" + (Long.MAX_VALUE - 0x3fff_ffffL) : address);

        GuestFaultException fault =
                assertThrows(GuestFaultException.class, () -> memory.check(start, Long.decode(length)));

        assertTrue(fault.getMessage().contains("0x" + Long.toHexString(start)), fault.getMessage());
        assertTrue(fault.getMessage().contains("0x40000000-0x40001fff"), fault.getMessage());
    }

    @Test
    void wholeRegionIsInside() {
        memory.check(BASE, SIZE);
        memory.check(BASE + SIZE, 0);
        memory.writeU8(BASE + SIZE - 1, 7);

        assertEquals(7, memory.readU8(BASE + SIZE - 1));
    }

    @Test
    void everyAccessIsChecked() {
        long last = BASE + SIZE - 1;
        byte[] bytes = new byte[2];

        assertThrows(GuestFaultException.class, () -> memory.readU8(last + 1));
        assertThrows(GuestFaultException.class, () -> memory.readU16(last));
        assertThrows(GuestFaultException.class, () -> memory.readU32(last - 2));
        assertThrows(GuestFaultException.class, () -> memory.readU64(last - 6));
        assertThrows(GuestFaultException.class, () -> memory.writeU8(last + 1, 0));
        assertThrows(GuestFaultException.class, () -> memory.writeU16(last, 0));
        assertThrows(GuestFaultException.class, () -> memory.writeU32(last - 2, 0));
        assertThrows(GuestFaultException.class, () -> memory.writeU64(last - 6, 0));
        assertThrows(GuestFaultException.class, () -> memory.copyFrom(last, bytes, 0, 2));
        assertThrows(GuestFaultException.class, () -> memory.copyTo(last, bytes, 0, 2));
        assertThrows(GuestFaultException.class, () -> memory.slice(last, 2));
    }

    @Test
    void atomicAccessNeedsItsAlignment() {
        assertThrows(GuestFaultException.class, () -> memory.acquireU16(BASE + 1));
        assertThrows(GuestFaultException.class, () -> memory.releaseU16(BASE + 1, 0));
        assertThrows(GuestFaultException.class, () -> memory.acquireU32(BASE + 2));
        assertThrows(GuestFaultException.class, () -> memory.releaseU32(BASE + 2, 0));
    }

    @Test
    void copiesGoBothWays() {
        memory.copyTo(BASE + 3, new byte[] {9, 1, 2, 3, 9}, 1, 3);
        byte[] target = new byte[5];
        memory.copyFrom(BASE + 3, target, 2, 3);

        assertArrayEquals(new byte[] {0, 0, 1, 2, 3}, target);
        assertEquals(2, memory.slice(BASE + 3, 3).get(java.lang.foreign.ValueLayout.JAVA_BYTE, 1));
    }

    @Test
    void accessFindsItsRegionAndDoesNotCrossIntoTheNext() {
        GuestMemory two =
                new GuestMemory(List.of(GuestRam.region(BASE + 0x1000, 0x1000), GuestRam.region(BASE, 0x1000)));
        two.writeU32(BASE + 0xffc, 1);
        two.writeU32(BASE + 0x1000, 2);

        assertEquals(1, two.readU32(BASE + 0xffc));
        assertEquals(2, two.readU32(BASE + 0x1000));
        assertThrows(GuestFaultException.class, () -> two.readU32(BASE + 0xffe));
    }

    @Test
    void overlappingOrMisalignedRegionsAreRefused() {
        List<GuestMemory.Region> overlapping =
                List.of(GuestRam.region(BASE, 0x2000), GuestRam.region(BASE + 0x1000, 0x1000));

        assertThrows(IllegalArgumentException.class, () -> new GuestMemory(overlapping));
        assertThrows(IllegalArgumentException.class, () -> GuestRam.region(BASE + 8, 0x1000));
        try (Arena arena = Arena.ofConfined()) {
            var odd = arena.allocate(0x2000, 0x1000).asSlice(8);
            assertThrows(IllegalArgumentException.class, () -> new GuestMemory.Region(BASE, odd));
        }
    }
}
