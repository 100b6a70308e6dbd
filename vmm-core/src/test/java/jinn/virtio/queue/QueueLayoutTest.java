package jinn.virtio.queue;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jinn.error.GuestFaultException;
import jinn.memory.GuestMemory;
import jinn.testing.GuestRam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueueLayoutTest {

    private final GuestMemory memory = GuestRam.ofBytes(0x1000);

    @ParameterizedTest
    @CsvSource({
        "0,  0,     0x800, 0x900, queue size 0 is not",
        "3,  0,     0x800, 0x900, queue size 3 is not",
        "32, 0,     0x800, 0x900, queue size 32 is not",
        "-8, 0,     0x800, 0x900, queue size -8 is not",
        "8,  8,     0x800, 0x900, descriptor table at 0x40000008 is not a multiple of 16",
        "8,  0,     0x801, 0x900, avail ring at 0x40000801 is not a multiple of 2",
        "8,  0,     0x800, 0x902, used ring at 0x40000902 is not a multiple of 4",
        "8,  0xf90, 0x800, 0x900, descriptor table: 128 bytes at 0x40000f90",
        "8,  0,     0xfec, 0x900, avail ring: 22 bytes at 0x40000fec",
        "8,  0,     0x800, 0xfbc, used ring: 70 bytes at 0x40000fbc",
    })
    void layoutThatCannotBeIsAFaultThatNamesThePart(int size, String table, String avail, String used, String message) {
        QueueLayout layout = new QueueLayout(
                size,
                GuestRam.BASE + Long.decode(table),
                GuestRam.BASE + Long.decode(avail),
                GuestRam.BASE + Long.decode(used));

        GuestFaultException fault = assertThrows(GuestFaultException.class, () -> layout.check(memory, 16));

        assertTrue(fault.getMessage().contains(message), fault.getMessage());
    }

    @Test
    void ringsMayEndWithTheMemory() {
        long base = GuestRam.BASE;

        assertDoesNotThrow(() -> new QueueLayout(8, base + 0xf80, base, base + 0x40).check(memory, 16));
        assertDoesNotThrow(() -> new QueueLayout(8, base, base + 0xfea, base + 0x100).check(memory, 16));
        assertDoesNotThrow(() -> new QueueLayout(8, base, base + 0x80, base + 0xfb8).check(memory, 16));
    }
}
