package jinn.doorbell.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WarningLimiterTest {

    private final List<String> passed = new ArrayList<>();
    private long nowNs = Long.MAX_VALUE - 10;
    private final WarningLimiter limiter = new WarningLimiter(passed::add, () -> nowNs);

    @Test
    void oneWarningASecondPassesWithTheNumberOfTheDropped() {
        limiter.warn(() -> "a");
        limiter.warn(() -> "b");
        nowNs += 999_999_999;
        limiter.warn(() -> "c");
        nowNs += 1;
        limiter.warn(() -> "d");
        nowNs += 1_000_000_000;
        limiter.warn(() -> "e");

        assertEquals(List.of("a", "d (and 2 more before it)", "e"), passed);
    }
}
