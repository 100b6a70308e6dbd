package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import jinn.vm.LaunchPhase;
import jinn.vm.VcpuStatus;
import org.junit.jupiter.api.Test;

/** The timeline of a launch, and the hint on a silent one. */
final class LaunchTextTest {

    @Test
    void theTimelineHasEachPhaseOnceWithItsDuration() {
        Timeline timeline = new Timeline();
        timeline.add("jvm");
        timeline.add(LaunchPhase.FIRST_ENTRY);
        timeline.add(LaunchPhase.FIRST_ENTRY);
        List<String> lines = timeline.lines();
        assertEquals("phase        took ms  at ms", lines.get(0).replaceAll("(ms) +(at)", "$1  $2"));
        assertTrue(lines.get(1).matches("jvm +\\d+\\.\\d +\\d+\\.\\d"), lines.get(1));
        assertTrue(lines.get(2).startsWith("first entry  "), lines.get(2));
        assertEquals(3, lines.size());
    }

    @Test
    void theHintCountsAllVcpusAndNamesACommandLineWithoutAConsole() {
        List<VcpuStatus> vcpus = List.of(
                new VcpuStatus(0, 5, Map.of("mmio", 5L)), new VcpuStatus(1, 3, Map.of("mmio", 2L, "interrupted", 1L)));
        assertEquals(
                List.of(
                        "the guest has written nothing for 10 s; its vCPUs came back 8 times (interrupted 1, mmio 7);"
                                + " likely causes:",
                        "  the command line has no 'console=', so a Linux kernel writes nowhere: try console=ttyAMA0",
                        "  it waits for something: 'jinn stats --watch' shows whether it still does anything",
                        "  it needs longer, or has nothing to say: --silence=SECONDS waits longer, --silence=0 for ever"),
                SilenceHint.text(10, () -> vcpus, "quiet"));
    }

    @Test
    void aGuestThatNeverLeftItsVcpuGetsOtherCauses() {
        List<String> lines = SilenceHint.text(30, () -> List.of(new VcpuStatus(0, 0, Map.of())), "console=ttyAMA0");
        assertEquals(
                "the guest has written nothing for 30 s; its vCPUs came back 0 times; likely causes:", lines.get(0));
        assertTrue(lines.get(1).contains("earlycon"), lines.get(1));
        assertTrue(lines.get(2).contains("without touching a device"), lines.get(2));
    }
}
