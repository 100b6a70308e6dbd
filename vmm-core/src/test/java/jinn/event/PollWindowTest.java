package jinn.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class PollWindowTest {

    @Test
    void longWaitsCloseItStepByStep() {
        PollWindow window = new PollWindow(800);
        for (long expected : new long[] {800, 400, 200, 100, 0, 0}) {
            assertEquals(expected, window.nanos());
            window.slept(801);
        }
    }

    @Test
    void shortWaitsOpenItUpToItsMaximum() {
        PollWindow window = new PollWindow(800);
        for (int i = 0; i < 5; i++) {
            window.slept(10_000);
        }
        for (long expected : new long[] {0, 100, 200, 400, 800, 800}) {
            assertEquals(expected, window.nanos());
            window.slept(800);
        }
    }

    @Test
    void withoutAMaximumItIsClosedForEver() {
        assertFalse(new PollWindow(0).isEnabled());
        PollWindow window = new PollWindow(1);
        assertTrue(window.isEnabled());
    }
}
