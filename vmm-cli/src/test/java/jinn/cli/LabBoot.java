package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jinn.lab.LabMachine;

/**
 * Several shell commands in one boot of the lab's host, each with its own output and exit code.
 *
 * <p>They have the shell function {@code await CONDITION}, which waits until that command succeeds, for ten minutes at
 * least; {@link #run} fails if one has waited in vain.
 */
final class LabBoot {

    private static final String AWAIT = """
            await() {
                awaits=3000
                until eval "$1" || [ $awaits = 0 ]; do
                    sleep 0.2
                    awaits=$((awaits - 1))
                done
                [ $awaits != 0 ] || echo "waited in vain: $1"
            }
            """;

    private final Map<String, Path> files = new LinkedHashMap<>();
    private final Map<String, String> commands = new LinkedHashMap<>();
    private final Map<String, String> variables = new LinkedHashMap<>();
    private int moreSeconds;

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
        files.put(host, Lab.PROJECT.resolve(project));
        return this;
    }

    /** Adds a command for the host's shell. */
    LabBoot command(String name, String command) {
        commands.put(name, command);
        return this;
    }

    /** Gives all commands together more time than a boot has else. */
    LabBoot moreSeconds(int seconds) {
        moreSeconds += seconds;
        return this;
    }

    /** Boots, runs the commands in order and returns what each came to. */
    Map<String, Result> run() throws IOException, InterruptedException {
        Duration limit = LabMachine.PATIENCE.plusSeconds(moreSeconds);
        try (LabMachine machine = Lab.boot(script(), limit, files, variables)) {
            int exitCode = machine.awaitEnd(limit.plus(LabMachine.PATIENCE));
            String console = machine.console().text();
            assertEquals(0, exitCode, console);
            assertFalse(console.contains("waited in vain: "), console);
            return results(console);
        }
    }

    private String script() {
        StringBuilder script = new StringBuilder(AWAIT);
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
