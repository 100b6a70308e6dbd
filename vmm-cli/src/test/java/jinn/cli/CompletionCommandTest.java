package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Loads the scripts into real shells and asks them for completions. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CompletionCommandTest {

    /** A zsh at a terminal, which completes the line and runs what has become of it. */
    private static final String ASK_ZSH = """
            zmodload zsh/zpty
            zpty shell zsh -f -i
            zpty -w shell "autoload -Uz compinit; compinit -D -u; source $1; cd $3"
            zpty -w shell 'jinn() { print -r -- "<$*>" }'
            zpty -w shell "bindkey '^I' complete-word; print REA''DY"
            zpty -r -m shell output '*READY*'
            zpty -w -n shell "$2"$'\\t\\n'
            zpty -w shell 'print THE-E""ND'
            zpty -r -m shell output '*THE-END*'
            print -r -- "$output"
            """;

    @TempDir
    private Path directory;

    private ServerSocketChannel vm;

    @BeforeEach
    void letAVmAndADescriptionBeThere() throws IOException {
        Files.createDirectory(directory.resolve("jinn"));
        vm = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        vm.bind(UnixDomainSocketAddress.of(directory.resolve("jinn").resolve("web-1.sock")));
        Files.writeString(directory.resolve("guest.json"), "{}");
        Files.writeString(directory.resolve("guest.txt"), "");
    }

    @AfterEach
    void end() throws IOException {
        vm.close();
    }

    @Test
    void bashCompletesCommandsOptionsValuesVmsAndFiles() throws Exception {
        assertEquals(List.of("doctor"), bash("jinn doc"));
        assertTrue(bash("jinn ").containsAll(List.of("run", "check", "init", "map", "dtb", "completion")));
        assertEquals(List.of("--json"), bash("jinn map --js"));
        assertEquals(List.of("--log="), bash("jinn run --l"));
        assertEquals(List.of("kernel"), bash("jinn run --doorbells = k"));
        assertEquals(List.of("guest.txt"), bash("jinn run --report = guest.t"));
        assertEquals(List.of("web-1"), bash("jinn stop w"));
        assertEquals(List.of("guest.json"), bash("jinn check guest.json gue"));
        assertEquals(List.of("bash", "zsh", "fish"), bash("jinn completion "));
        assertEquals(List.of(""), bash("jinn doctor gu"));
        assertEquals(List.of(""), bash("jinn nothing gu"));
    }

    @Test
    void zshCompletesCommandsOptionsValuesVmsAndFiles() throws Exception {
        assertEquals("<doctor>", zsh("jinn doc"));
        assertEquals("<map --json>", zsh("jinn map --js"));
        assertEquals("<run --doorbells=kernel>", zsh("jinn run --doorbells=k"));
        assertEquals("<stop web-1>", zsh("jinn stop w"));
        assertEquals("<check guest.json>", zsh("jinn check gue"));
        assertEquals("<completion fish>", zsh("jinn completion f"));
        assertEquals("<doctor gu>", zsh("jinn doctor gu"));
    }

    @Test
    void fishCompletesCommandsOptionsValuesVmsAndFiles() throws Exception {
        assertEquals(List.of("doctor"), fish("jinn doc"));
        assertTrue(fish("jinn ").containsAll(List.of("run", "check", "init", "map", "dtb", "completion")));
        assertEquals(List.of("--json"), fish("jinn map --js"));
        assertEquals(List.of("--doorbells=kernel"), fish("jinn run --doorbells=k"));
        assertEquals(List.of("--report=guest.txt"), fish("jinn run --report=guest.t"));
        assertEquals(List.of("web-1"), fish("jinn stop w"));
        assertEquals("guest.json", fish("jinn check gue").getFirst());
        assertEquals(List.of("zsh"), fish("jinn completion z"));
    }

    @Test
    void refusesAnUnknownShellInOneLine() {
        Invocation wrong = Invocation.of("completion", "tcsh");
        assertEquals(2, wrong.exitCode());
        assertEquals(
                List.of(
                        "jinn: Invalid value for positional parameter at index 0 (SHELL): expected one of [BASH, ZSH, FISH]"
                                + " (case-insensitive) but was 'tcsh'; try 'jinn completion --help'"),
                wrong.errLines());
    }

    private List<String> bash(String line) throws IOException, InterruptedException {
        String[] words = line.split(" ", -1);
        String ask = "source " + script("bash") + "; COMP_LINE='" + line + "'; COMP_POINT=" + line.length()
                + "; COMP_WORDS=("
                + Stream.of(words).map(word -> "'" + word + "'").reduce("", (a, b) -> a + " " + b)
                + "); COMP_CWORD=" + (words.length - 1) + "; _complete_jinn jinn '" + words[words.length - 1] + "' '"
                + words[words.length - 2] + "'; printf '%s\\n' \"${COMPREPLY[@]}\"";
        return output("bash", "-c", ask);
    }

    /** Returns what the words behind the command became. */
    private String zsh(String line) throws IOException, InterruptedException {
        assumeTrue(isInstalled("zsh"), "zsh is not installed");
        List<String> output =
                output("zsh", "-f", "-c", ASK_ZSH, "zsh", script("zsh").toString(), line, directory.toString());
        return output.stream()
                .map(text -> text.replace("\r", "").replace(" >", ">"))
                .filter(text -> text.startsWith("<") && text.endsWith(">"))
                .findFirst()
                .orElseGet(() -> String.join("\n", output));
    }

    /** Returns the candidates without their descriptions. */
    private List<String> fish(String line) throws IOException, InterruptedException {
        assumeTrue(isInstalled("fish"), "fish is not installed");
        String ask = "source " + script("fish") + "; complete -C '" + line + "'";
        return output("fish", "--no-config", "-c", ask).stream()
                .map(candidate -> candidate.split("\t", 2)[0])
                .toList();
    }

    private static boolean isInstalled(String shell) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, shell)));
    }

    private Path script(String shell) throws IOException {
        return Files.writeString(
                directory.resolve("script." + shell),
                Invocation.of("completion", shell).out());
    }

    private List<String> output(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).directory(directory.toFile());
        builder.environment().put("XDG_RUNTIME_DIR", directory.toString());
        builder.environment().put("HOME", directory.toString());
        Process shell = builder.start();
        String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, shell.waitFor(), output);
        return output.lines().toList();
    }
}
