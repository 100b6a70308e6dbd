package jinn.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import jinn.error.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MmioBusTest {

    private final MmioBus bus = new MmioBus();

    @Test
    void devicesSeeOffsetsFromTheirFirstByte() {
        RecordingDevice device = new RecordingDevice();
        bus.add("device", 0x1000, 0x100, device);

        bus.find(0x1000, 4).write(0x1000, 4, 7);
        bus.find(0x10fc, 4).write(0x10fc, 4, 8);
        assertEquals(0x42, bus.find(0x1042, 1).read(0x1042, 1));

        assertEquals(List.of("write 0x0/4 7", "write 0xfc/4 8", "read 0x42/1"), device.accesses);
    }

    @ParameterizedTest
    @CsvSource({"0xfff, 1", "0x1100, 1", "0x10fd, 4", "0x0, 8", "0xffc, 8"})
    void anAccessThatIsNotWhollyInsideFindsNothing(String address, int size) {
        bus.add("device", 0x1000, 0x100, new RecordingDevice());

        assertNull(bus.find(Long.decode(address), size));
    }

    @Test
    void everyRangeIsFoundAmongMany() {
        for (int i = 99; i >= 0; i--) {
            bus.add("device " + i, i * 0x200L, 0x100, new RecordingDevice());
        }

        for (int i = 0; i < 100; i++) {
            assertEquals("device " + i, bus.find(i * 0x200L, 4).owner());
            assertEquals("device " + i, bus.find(i * 0x200L + 0xff, 1).owner());
            assertNull(bus.find(i * 0x200L + 0x100, 1));
        }
    }

    @ParameterizedTest
    @CsvSource({"0x1000, 0x100", "0xfff, 2", "0x10ff, 1", "0x0, 0x10000", "0x1010, 8"})
    void anOverlapIsRefusedNamingBothOwners(String address, String bytes) {
        bus.add("first", 0x1000, 0x100, new RecordingDevice());

        ConfigException e = assertThrows(
                ConfigException.class,
                () -> bus.add("second", Long.decode(address), Long.decode(bytes), new RecordingDevice()));

        long last = Long.decode(address) + Long.decode(bytes) - 1;
        assertEquals(
                String.format(
                        "cannot place second (0x%08x-0x%08x): overlaps first (0x00001000-0x000010ff)",
                        Long.decode(address), last),
                e.getMessage());
        assertEquals("first", bus.find(0x1000, 1).owner());
    }

    @Test
    void neighboursDoNotOverlap() {
        bus.add("first", 0x1000, 0x100, new RecordingDevice());
        bus.add("second", 0x1100, 0x100, new RecordingDevice());
        bus.add("zeroth", 0xf00, 0x100, new RecordingDevice());

        assertEquals("second", bus.find(0x1100, 1).owner());
        assertEquals("zeroth", bus.find(0xfff, 1).owner());
    }

    @Test
    void theTopOfTheAddressSpaceIsAnOrdinaryPlace() {
        bus.add("top", -0x100, 0x100, new RecordingDevice());
        bus.add("bottom", 0, 0x100, new RecordingDevice());

        assertEquals("top", bus.find(-8, 8).owner());
        assertNull(bus.find(-4, 8));
        assertNotNull(bus.find(0, 8));
        assertThrows(IllegalArgumentException.class, () -> bus.add("wraps", -0x10, 0x20, new RecordingDevice()));
    }

    private static final class RecordingDevice implements MmioDevice {

        private final List<String> accesses = new ArrayList<>();

        @Override
        public long read(long offset, int size) {
            accesses.add("read 0x" + Long.toHexString(offset) + "/" + size);
            return offset;
        }

        @Override
        public void write(long offset, int size, long value) {
            accesses.add("write 0x" + Long.toHexString(offset) + "/" + size + " " + value);
        }
    }
}
