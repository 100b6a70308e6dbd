package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Does what the tutorial says in this clone, and types what it says at the guests. */
final class TutorialIT {

    private static final String PROMPT = "~ # ";

    @Test
    void everyStepShowsWhatThePageShows() throws Exception {
        int booted = 0;
        for (Tutorial.Step step : Tutorial.steps()) {
            if (step.config().isPresent()) {
                boot(step.config().get(), step.shown());
                booted++;
            } else if (!step.isMake()) {
                step.run(Lab.PROJECT);
            }
        }
        assertEquals(2, booted);
    }

    private static void boot(String config, String shown) throws Exception {
        try (LabTerminal terminal = LabTerminal.run(config)) {
            // What is typed before the shell listens is lost.
            terminal.await("in a VM of Jinn");
            terminal.await("# ");
            for (String line : shown.lines().toList()) {
                if (line.startsWith(PROMPT)) {
                    terminal.type(line.substring(PROMPT.length()));
                } else {
                    terminal.await(line);
                }
            }
            assertEquals(0, terminal.awaitEnd(), terminal::text);
        }
    }
}
