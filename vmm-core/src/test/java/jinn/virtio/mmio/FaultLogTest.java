package jinn.virtio.mmio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FaultLogTest {

    private final List<String> warnings = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 10);
    private final FaultLog log = new FaultLog("rng", warnings::add, clock::get);

    @Test
    void floodIsOneWarningAndThenASummary() {
        for (int i = 0; i < 1000; i++) {
            log.report("fault " + i);
        }
        assertEquals(List.of("rng: fault 0"), warnings);

        clock.addAndGet(FaultLog.QUIET_NS);
        log.report("later");

        assertEquals(List.of("rng: fault 0", "rng: later (and 999 more before it)"), warnings);
        assertEquals(1001, log.count());
    }

    @Test
    void warningsFarApartAreAllShown() {
        log.report("a");
        clock.addAndGet(FaultLog.QUIET_NS);
        log.report("b");

        assertEquals(List.of("rng: a", "rng: b"), warnings);
    }
}
