package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import jinn.doorbell.delivery.WarningLimiter;
import jinn.memory.GuestMemory;
import jinn.memory.IoVector;
import jinn.posix.Mapping;
import jinn.posix.MemFd;
import jinn.testing.FakeVm;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Real memory, so that what is freed reads as zeroes. */
class GuestPagesTest {

    private static final long RAM = 0x4000_0000L;
    private static final int PAGES = 8;
    private static final long PAGE = 4096;

    @AutoClose
    private final MemFd memFd = MemFd.create("test-ram", PAGES * PAGE);

    @AutoClose
    private final Mapping mapping = Mapping.of(memFd);

    private final MemorySegment host = mapping.segment();
    private final FakeVm vm = new FakeVm();
    private final List<String> warnings = new ArrayList<>();
    private final GuestPages pages =
            new GuestPages(vm, new GuestMemory.Region(RAM, host), new WarningLimiter(warnings::add));
    private final IoVector pieces = new IoVector(8, Arena.ofAuto());

    GuestPagesTest() {
        for (int page = 0; page < PAGES; page++) {
            host.set(ValueLayout.JAVA_BYTE, page * PAGE, (byte) 1);
        }
    }

    private void add(long offset, long bytes) {
        pieces.add(host.asSlice(offset, bytes));
    }

    private String full() {
        StringBuilder text = new StringBuilder();
        for (int page = 0; page < PAGES; page++) {
            text.append(host.get(ValueLayout.JAVA_BYTE, page * PAGE));
        }
        return text.toString();
    }

    @Test
    void whatIsGivenBackReadsAsZeroes() {
        add(2 * PAGE, PAGE);
        pages.reclaim(pieces);

        assertEquals("11011111", full());
        assertEquals(List.of(RAM + 2 * PAGE), vm.discarded());
    }

    @Test
    void neighboursGoBackTogetherInEitherOrder() {
        add(2 * PAGE, PAGE);
        add(3 * PAGE, PAGE);
        add(PAGE, PAGE);
        add(6 * PAGE, 2 * PAGE);
        pages.reclaim(pieces);

        assertEquals("10001100", full());
        assertEquals(List.of(RAM + PAGE, RAM + 6 * PAGE), vm.discarded());
    }

    @Test
    void partsOfPagesStay() {
        add(PAGE - 1, PAGE + 2);
        add(5 * PAGE, PAGE - 1);
        pages.reclaim(pieces);

        assertEquals("10111111", full());
        assertEquals(List.of(RAM + PAGE), vm.discarded());
    }

    @Test
    void pagesThatTheGuestKeepsAreNotFreed() {
        vm.keepPages();
        add(2 * PAGE, PAGE);
        pages.reclaim(pieces);

        assertEquals("11111111", full());
        assertEquals(List.of("this host's hypervisor cannot take memory back from a running guest"), warnings);
    }
}
