package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The steps of {@code docs/tutorial.md}: its commands, each with what the page says that they show. */
final class Tutorial {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");
    private static final Pattern RUN = Pattern.compile("make run CONFIG=(\\S+)\\n");

    private Tutorial() {}

    /**
     * A block of commands.
     *
     * @param commands for a shell in the clone's directory
     * @param shown what they show, empty if the page does not say
     */
    record Step(String commands, String shown) {

        /** Returns the description that the step boots, if it is {@code make run}. */
        Optional<String> config() {
            Matcher run = RUN.matcher(commands);
            return run.matches() ? Optional.of(run.group(1)) : Optional.empty();
        }

        /** Returns whether the step is a call of make. */
        boolean isMake() {
            return commands.startsWith("make ");
        }

        /** Runs the commands and compares what they show with the page. */
        void run(Path directory) throws IOException, InterruptedException {
            ProcessBuilder builder = new ProcessBuilder("bash", "-eu", "-c", commands)
                    .directory(directory.toFile())
                    .redirectErrorStream(true);
            Path tools = Path.of(System.getProperty("java.home"), "bin");
            builder.environment().merge("PATH", tools.toString(), (path, ours) -> ours + ":" + path);
            Process shell = builder.start();
            String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, shell.waitFor(), () -> commands + output);
            assertEquals(shown, output, commands);
        }
    }

    /** Returns the steps in their order. */
    static List<Step> steps() throws IOException {
        List<Step> steps = new ArrayList<>();
        Matcher block = BLOCK.matcher(Files.readString(Path.of("..", "docs", "tutorial.md")));
        while (block.find()) {
            switch (block.group(1)) {
                case "sh" -> steps.add(new Step(block.group(2), ""));
                case "text" -> steps.add(new Step(steps.removeLast().commands(), block.group(2)));
                default -> throw new IOException("docs/tutorial.md: a block of " + block.group(1));
            }
        }
        return steps;
    }
}
