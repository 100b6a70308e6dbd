package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jinn.config.ConfigLoader;
import jinn.vm.LaunchPhase;
import jinn.vm.VcpuStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource({
        "'\"serial\": {\"target\": \"none\"}', false",
        "'\"serial\": {\"target\": \"output\"}', true",
        "'\"serial\": {\"target\": \"none\"}, \"devices\": [{\"type\": \"console\"}]', true",
        "'\"serial\": {\"target\": \"none\"}, \"devices\": [{\"type\": \"console\", \"target\": \"none\"}]', false",
    })
    void onlyAGuestThatCanSpeakIsSilent(String consoles, boolean canSpeak, @TempDir Path directory) throws IOException {
        ImageFile.write(directory.resolve("Image"), 4096);
        Path file = Files.writeString(
                directory.resolve("vm.json"), "{\"boot\": {\"kernel\": \"Image\"}, " + consoles + "}");
        assertEquals(canSpeak, SilenceHint.canSpeak(ConfigLoader.load(file)));
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
