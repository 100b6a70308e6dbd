package jinn.doorbell.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalLong;
import jinn.doorbell.delivery.DoorbellRanges.Range;
import jinn.hypervisor.DoorbellKey;
import org.junit.jupiter.api.Test;

final class DoorbellRangesTest {

    private static final Range WINDOW = new Range(0x0b00_0000L, 0x0bff_ffffL);

    @Test
    void doorbellsInTheWindowNeedNoRangeOfTheirOwn() {
        assertEquals(List.of(), DoorbellRanges.outside(WINDOW, List.of(key(0x0b00_0000L, 4), key(0x0bff_fffcL, 4))));
    }

    @Test
    void eachDoorbellOutsideClaimsItsOwnBytes() {
        assertEquals(
                List.of(new Range(0x1000, 0x1003), new Range(0x2000, 0x2000), new Range(0x3000, 0x3007)),
                DoorbellRanges.outside(WINDOW, List.of(key(0x3000, 0), key(0x1000, 4), key(0x2000, 1))));
    }

    @Test
    void overlappingBytesBecomeOneRange() {
        assertEquals(
                List.of(new Range(0x1000, 0x100b)),
                DoorbellRanges.outside(
                        WINDOW, List.of(key(0x1000, 8), key(0x1000, 4), key(0x1002, 2), key(0x1004, 8))));
    }

    @Test
    void neighboursStayApart() {
        assertEquals(
                List.of(new Range(0x1000, 0x1003), new Range(0x1004, 0x1007)),
                DoorbellRanges.outside(WINDOW, List.of(key(0x1004, 4), key(0x1000, 4))));
    }

    @Test
    void highAddressesSortAboveLowOnes() {
        assertEquals(
                List.of(new Range(0x1000, 0x1003), new Range(0xffff_ffff_0000_0000L, 0xffff_ffff_0000_0003L)),
                DoorbellRanges.outside(WINDOW, List.of(key(0xffff_ffff_0000_0000L, 4), key(0x1000, 4))));
    }

    private static DoorbellKey key(long address, int length) {
        return new DoorbellKey(address, length, OptionalLong.empty());
    }
}
