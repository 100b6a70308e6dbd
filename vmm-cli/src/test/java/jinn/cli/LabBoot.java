package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Several shell commands in one boot of the lab's host, each with its own output and exit code. */
final class LabBoot {

    static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    /** For all commands of a boot together; the machine is emulated and may be shared. */
    private static final int TIMEOUT_SECONDS = 1200;

    private final List<String> files = new ArrayList<>();
    private final Map<String, String> commands = new LinkedHashMap<>();
    private final Map<String, String> variables = new LinkedHashMap<>();
    private int timeoutSeconds = TIMEOUT_SECONDS;

    /** What a command came to; {@code output} is all that the host's console showed meanwhile. */
    record Result(int exitCode, String output) {

        void assertEnds(int expectedExitCode, String... expectedTexts) {
            assertEquals(expectedExitCode, exitCode, output);
            for (String text : expectedTexts) {
                assertTrue(output.contains(text), () -> "no \"" + text + "\" in:\n" + output);
            }
        }

        /** Returns the number that the first group of the pattern finds. */
        long number(String pattern) {
            Matcher matcher = Pattern.compile(pattern).matcher(output);
            assertTrue(matcher.find(), () -> "no " + pattern + " in:\n" + output);
            return Long.parseLong(matcher.group(1));
        }
    }

    /** Sets a variable of lab/boot: {@code docs/lab.md} lists them. */
    LabBoot variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    /** Puts a file of the project into the host. */
    LabBoot file(String project, String host) {
        files.add(PROJECT.resolve(project) + ":" + host);
        return this;
    }

    /** Adds a command for the host's shell. */
    LabBoot command(String name, String command) {
        commands.put(name, command);
        return this;
    }

    /** Gives all commands together more time than a boot has else. */
    LabBoot moreSeconds(int seconds) {
        timeoutSeconds += seconds;
        return this;
    }

    /** Boots, runs the commands in order and returns what each came to. */
    Map<String, Result> run() throws IOException, InterruptedException {
        List<String> boot = new ArrayList<>(List.of(
                PROJECT.resolve("lab/boot").toString(),
                "--timeout",
                Integer.toString(timeoutSeconds),
                "--pieces",
                "base runtime kmod jinn linux protected backends",
                "--command",
                script()));
        for (String file : files) {
            boot.addAll(List.of("--file", file));
        }
        ProcessBuilder builder =
                new ProcessBuilder(boot).directory(PROJECT.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(variables);
        Process process = builder.start();
        process.getOutputStream().close();
        String console = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), console);
        return results(console);
    }

    private String script() {
        StringBuilder script = new StringBuilder();
        commands.forEach((name, command) -> script.append("printf '\\n@@begin ")
                .append(name)
                .append("\\n'\n(\n")
                .append(command)
                .append("\n)\nprintf '\\n@@end ")
                .append(name)
                .append(" %d\\n' $?\n"));
        return script.append("exit 0").toString();
    }

    private Map<String, Result> results(String console) {
        Map<String, Result> results = new LinkedHashMap<>();
        for (String name : commands.keySet()) {
            Matcher matcher = Pattern.compile(
                            "@@begin " + name + "\n(.*?)\n@@end " + name + " (\\d+)\n", Pattern.DOTALL)
                    .matcher(console);
            assertTrue(matcher.find(), () -> "the command '" + name + "' did not end; the console:\n" + console);
            results.put(name, new Result(Integer.parseInt(matcher.group(2)), matcher.group(1)));
        }
        return results;
    }
}
