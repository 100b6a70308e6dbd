package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads the script into a real bash and asks it for completions. */
final class CompletionCommandTest {

    @TempDir
    private Path directory;

    @Test
    void completesCommandsAndOptions() throws Exception {
        assertEquals(List.of("doctor"), complete("jinn doc"));
        assertTrue(complete("jinn ").containsAll(List.of("run", "check", "init", "map", "dtb", "completion")));
        assertEquals(List.of("--json"), complete("jinn map --js"));
    }

    @Test
    void refusesAnUnknownShellInOneLine() {
        Invocation wrong = Invocation.of("completion", "fish");
        assertEquals(2, wrong.exitCode());
        assertEquals(1, wrong.errLines().size(), wrong.err());
    }

    private List<String> complete(String line) throws IOException, InterruptedException {
        Path script = Files.writeString(
                directory.resolve("jinn"), Invocation.of("completion", "bash").out());
        String[] words = line.split(" ", -1);
        String ask = "source " + script + "; COMP_LINE='" + line + "'; COMP_POINT=" + line.length() + "; COMP_WORDS=("
                + Stream.of(words).map(word -> "'" + word + "'").reduce("", (a, b) -> a + " " + b) + "); COMP_CWORD="
                + (words.length - 1) + "; _complete_jinn jinn '" + words[words.length - 1] + "' '"
                + words[words.length - 2] + "'; printf '%s\\n' \"${COMPREPLY[@]}\"";
        Process bash =
                new ProcessBuilder("bash", "-c", ask).redirectErrorStream(true).start();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, bash.waitFor(), output);
        return output.lines().toList();
    }
}
