package jinn.doorbell.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import jdk.jfr.consumer.RecordedEvent;
import jinn.doorbell.delivery.DoorbellRequest.Fallback;
import jinn.event.EventLoop;
import jinn.hypervisor.DoorbellKey;
import jinn.testing.FlightRecording;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recording has of rings; {@link RingAllocationTest} has what they cost while nobody records. */
final class DoorbellRingEventTest {

    private static final long HANDLER_NS = 2_000_000;

    /** Recordings measure by another clock. */
    private static final Duration AT_LEAST = Duration.ofNanos(HANDLER_NS / 2);

    @AutoClose
    private final EventLoop loop = EventLoop.start("test-loop", failure -> {});

    private final Doorbell doorbell = new Doorbell(
            new DoorbellRequest(
                    "queue",
                    new DoorbellKey(0x0a00_0050L, 4, OptionalLong.empty()),
                    Fallback.SHARED,
                    (rung, count) -> spin()),
            loop);

    @Test
    void eachCallOfAHandlerIsAnEventThatLastsAsLong(@TempDir Path directory) throws IOException {
        try (FlightRecording recording = new FlightRecording("jinn.DoorbellRing")) {
            // Both rings from user space come while the loop is busy, so they are one.
            loop.executeAndWait(() -> {
                doorbell.ringFromKernel(5);
                doorbell.ringFromUserspace();
                doorbell.ringFromUserspace();
            });
            loop.executeAndWait(() -> {});
            List<RecordedEvent> events = recording.events(directory);

            assertEquals(
                    List.of("queue 0xa000050 5 false", "queue 0xa000050 2 true"),
                    events.stream().map(DoorbellRingEventTest::show).toList());
            events.forEach(event -> assertTrue(event.getDuration().compareTo(AT_LEAST) >= 0, event::toString));
        }
    }

    private static void spin() {
        long start = System.nanoTime();
        while (System.nanoTime() - start < HANDLER_NS) {
            Thread.onSpinWait();
        }
    }

    private static String show(RecordedEvent event) {
        return String.format(
                "%s 0x%x %d %s",
                event.getString("doorbell"),
                event.getLong("address"),
                event.getLong("rings"),
                event.getBoolean("userspace"));
    }
}
