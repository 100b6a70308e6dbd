package jinn.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import jinn.error.GuestFaultException;
import jinn.testing.GuestRam;
import org.junit.jupiter.api.Test;

class IoVectorTest {

    private record Piece(long address, long length) {}

    private final GuestMemory memory = GuestRam.ofBytes(0x4000);
    private final MemorySegment host = memory.regions().getFirst().host();
    private final IoVector vector = new IoVector(3, Arena.ofAuto());

    @Test
    void holdsHostAddressesOfGuestRanges() {
        memory.addTo(vector, GuestRam.BASE + 0x10, 5);
        vector.add(host.asSlice(0x1000, 7));

        assertEquals(List.of(new Piece(host.address() + 0x10, 5), new Piece(host.address() + 0x1000, 7)), pieces());
        assertEquals(12, vector.bytes());
        assertFalse(vector.isFull());
    }

    @Test
    void refusesARangeOutsideGuestMemory() {
        assertThrows(GuestFaultException.class, () -> memory.addTo(vector, GuestRam.BASE + 0x3fff, 2));
        assertEquals(0, vector.count());
    }

    @Test
    void refusesMoreThanItHasRoomFor() {
        for (int i = 0; i < 3; i++) {
            memory.addTo(vector, GuestRam.BASE, 1);
        }
        assertTrue(vector.isFull());
        assertThrows(IndexOutOfBoundsException.class, () -> memory.addTo(vector, GuestRam.BASE, 1));
    }

    @Test
    void forgetsWhatIsDone() {
        memory.addTo(vector, GuestRam.BASE, 4);
        memory.addTo(vector, GuestRam.BASE + 0x100, 6);
        memory.addTo(vector, GuestRam.BASE + 0x200, 8);

        vector.advance(4);
        assertEquals(2, vector.count());
        vector.advance(5);
        assertEquals(List.of(new Piece(host.address() + 0x105, 1), new Piece(host.address() + 0x200, 8)), pieces());
        assertEquals(9, vector.bytes());
        vector.advance(9);
        assertEquals(0, vector.count());
        assertEquals(0, vector.bytes());
    }

    @Test
    void canBeFilledAgain() {
        memory.addTo(vector, GuestRam.BASE, 4);
        vector.clear();
        memory.addTo(vector, GuestRam.BASE + 8, 2);
        assertEquals(List.of(new Piece(host.address() + 8, 2)), pieces());
    }

    private List<Piece> pieces() {
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < vector.count(); i++) {
            long element = (long) IoVector.ELEMENT_BYTES * i;
            pieces.add(new Piece(
                    vector.elements().get(ValueLayout.JAVA_LONG, element),
                    vector.elements().get(ValueLayout.JAVA_LONG, element + Long.BYTES)));
        }
        return pieces;
    }
}
