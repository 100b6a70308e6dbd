package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code jinn run --detach} where no VM can run, as a process of its own; the rest needs the lab. */
@Timeout(120)
final class DetachTest {

    @TempDir
    private Path directory;

    private Path description;

    private record Result(int exitCode, List<String> errLines) {}

    @BeforeEach
    void writeADescription() throws IOException {
        ImageFile.write(directory.resolve("Image"), 4096);
        description = Files.writeString(directory.resolve("vm.json"), """
                {"boot": {"kernel": "Image"}, "serial": {"target": "none"}}
                """);
    }

    @Test
    void aVmThatCannotStartSaysSoToTheCallerWithItsExitCode() throws Exception {
        assertTrue(Files.notExists(Path.of("/dev/gzvm")), "this test is for machines without /dev/gzvm");
        Result result = run("--runtime-dir=" + directory.resolve("jinn"));

        assertEquals(1, result.exitCode(), result.errLines()::toString);
        assertEquals(1, result.errLines().size(), result.errLines()::toString);
        assertTrue(result.errLines().getFirst().startsWith("jinn: "));
        assertEquals("", Files.readString(directory.resolve("jinn/vm.log")));
        assertFalse(Files.exists(directory.resolve("jinn/vm.sock")));
    }

    @Test
    void aWrongDescriptionIsToldOnceAndNothingIsStarted() throws Exception {
        Files.writeString(description, "{}");
        Result result = run("--runtime-dir=" + directory.resolve("jinn"));

        assertEquals(3, result.exitCode());
        assertEquals(1, result.errLines().size(), result.errLines()::toString);
        assertFalse(Files.exists(directory.resolve("jinn")));
    }

    @Test
    void aLogThatCannotBeMadeIsToldInOneLine() throws Exception {
        Path log = directory.resolve("missing/vm.log");
        Result result = run("--runtime-dir=" + directory.resolve("jinn"), "--log=" + log);

        assertEquals(1, result.exitCode());
        assertEquals(List.of("jinn: vm vm: cannot make its log " + log + ": no such directory"), result.errLines());
    }

    @Test
    void aLogIsForDetachedVmsOnly() {
        Invocation run = Invocation.of("run", "--log=x", description.toString());
        assertEquals(2, run.exitCode());
        assertEquals(List.of("jinn: --log needs --detach; try 'jinn run --help'"), run.errLines());
    }

    private Result run(String... options) throws Exception {
        String classes = String.join(
                File.pathSeparator, System.getProperty("jdk.module.path"), "target/classes", "target/test-classes");
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classes,
                Main.class.getName(),
                "run",
                "--detach"));
        command.addAll(List.of(options));
        command.add(description.toString());
        Process process = new ProcessBuilder(command).start();
        process.getOutputStream().close();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), err.lines().toList());
    }
}
