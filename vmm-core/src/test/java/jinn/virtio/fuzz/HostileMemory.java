package jinn.virtio.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import jinn.memory.GuestMemory;
import jinn.posix.Mapping;
import jinn.posix.MemFd;

/**
 * Guest RAM in two regions. The host memory between them is poisoned, that on both outer sides cannot be touched: a
 * device that leaves the RAM changes the poison or ends the test's JVM.
 */
final class HostileMemory implements AutoCloseable {

    static final long BASE = 0x4000_0000L;
    static final int PART_BYTES = 0x10000;

    private static final byte POISON = (byte) 0xa5;

    private final MemFd memFd;
    private final Mapping mapping;
    private final GuestMemory memory;

    HostileMemory() {
        memFd = MemFd.create("fuzz", 3L * PART_BYTES);
        mapping = Mapping.of(memFd);
        poison().fill(POISON);
        memory = new GuestMemory(List.of(region(0), region(2)));
    }

    GuestMemory memory() {
        return memory;
    }

    private GuestMemory.Region region(int part) {
        return new GuestMemory.Region(
                BASE + (long) part * PART_BYTES, mapping.segment().asSlice((long) part * PART_BYTES, PART_BYTES));
    }

    private MemorySegment poison() {
        return mapping.segment().asSlice(PART_BYTES, PART_BYTES);
    }

    void assertNothingOutsideChanged() {
        byte[] expected = new byte[PART_BYTES];
        Arrays.fill(expected, POISON);
        assertEquals(
                -1,
                MemorySegment.ofArray(expected).mismatch(poison()),
                "the memory between the guest's two regions was written");
    }

    /** Returns an address that a hostile driver would try. */
    static long address(RandomGenerator random) {
        long border = random.nextInt(-20, 20);
        return switch (random.nextInt(9)) {
            case 0 -> BASE + border;
            case 1 -> BASE + PART_BYTES + border;
            case 2 -> BASE + 2L * PART_BYTES + border;
            case 3 -> BASE + 3L * PART_BYTES + border;
            case 4 -> border;
            case 5 -> random.nextLong();
            case 6 -> Long.MAX_VALUE + border;
            default -> BASE + random.nextInt(3 * PART_BYTES);
        };
    }

    /** Returns where a buffer of up to 8 KiB has room, away from the rings of {@link HostileDriver}. */
    static long room(RandomGenerator random) {
        long start = random.nextBoolean() ? BASE + PART_BYTES / 2 : BASE + 2L * PART_BYTES;
        return start + random.nextInt(PART_BYTES / 2 - 0x2000);
    }

    /** Writes a word anywhere in the RAM. */
    void scribble(RandomGenerator random, int limit) {
        long offset = random.nextInt(limit / Integer.BYTES) * (long) Integer.BYTES;
        mapping.segment()
                .set(
                        ValueLayout.JAVA_INT,
                        random.nextInt(4) == 0 ? 2L * PART_BYTES + offset : offset,
                        random.nextBoolean() ? random.nextInt() : random.nextInt(64));
    }

    @Override
    public void close() {
        mapping.close();
        memFd.close();
    }
}
