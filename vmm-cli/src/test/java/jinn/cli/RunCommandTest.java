package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code jinn run} does where no VM can run; the rest needs the lab. */
final class RunCommandTest {

    @TempDir
    private Path directory;

    private Path description;

    @BeforeEach
    void writeADescription() throws IOException {
        ImageFile.write(directory.resolve("Image"), 4096);
        description = Files.writeString(directory.resolve("vm.json"), """
                {"boot": {"kernel": "Image"}, "serial": {"target": "none"}}
                """);
    }

    @Test
    void tellsAWrongDescriptionBeforeAnythingAboutTheHost() throws IOException {
        Files.writeString(description, "{}");
        Invocation run = Invocation.of("run", description.toString());

        assertEquals(3, run.exitCode());
        assertEquals(
                List.of("jinn: " + description + ":1:1: $.boot: missing: must be an object with the kernel to boot"),
                run.errLines());
    }

    @Test
    void tellsInOneLineThatTheHostCannotRunVms() {
        assertTrue(Files.notExists(Path.of("/dev/gzvm")), "this test is for machines without /dev/gzvm");
        Invocation run = Invocation.of("run", description.toString());

        assertEquals(1, run.exitCode(), run.err());
        assertEquals(1, run.errLines().size(), run.err());
        String reason = System.getProperty("os.arch").equals("aarch64") ? "/dev/gzvm" : "arm64 Linux host";
        assertTrue(run.err().contains(reason), run.err());
    }

    @Test
    void tellsThatTheReportCannotBeWrittenBeforeThereIsAVm() {
        Path report = directory.resolve("missing/report.json");
        Invocation run = Invocation.of("run", "--report", report.toString(), description.toString());

        assertEquals(1, run.exitCode());
        assertEquals(List.of("jinn: cannot write the report " + report + ": no such directory"), run.errLines());
    }

    @Test
    void tellsWhereItFailedWhenTheDescriptionAsksForIt() throws IOException {
        String json = """
                {"boot": {"kernel": "Image"}, "serial": {"target": "none"}, "logging": {"level": "%s"}}
                """;
        Files.writeString(description, json.formatted("debug"));
        Invocation debug = Invocation.of("run", description.toString());
        Invocation quiet = Invocation.of("run", "--quiet", description.toString());
        Files.writeString(description, json.formatted("warning"));
        Invocation warning = Invocation.of("run", description.toString());
        Invocation verbose = Invocation.of("run", "--verbose", description.toString());

        assertTrue(debug.err().contains("\tat jinn."), debug.err());
        assertEquals(1, quiet.errLines().size(), quiet.err());
        assertEquals(1, warning.errLines().size(), warning.err());
        assertTrue(verbose.err().contains("\tat jinn."), verbose.err());
    }

    @Test
    void refusesAnUnknownDoorbellPath() {
        Invocation run = Invocation.of("run", "--doorbells", "magic", description.toString());

        assertEquals(2, run.exitCode());
        assertEquals(1, run.errLines().size(), run.err());
    }
}
