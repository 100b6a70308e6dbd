package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does what the tutorial says on the build machine, with files that stand in for the kernel. TutorialIT boots it. */
final class TutorialTest {

    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    private Path clone;

    @Test
    void everyCommandDoesWhatThePageShows() throws Exception {
        prepareClone();
        int booted = 0;
        for (Tutorial.Step step : Tutorial.steps()) {
            if (!step.isMake()) {
                step.run(clone);
            } else if (step.config().isPresent()) {
                Invocation check = Invocation.of(
                        "check", clone.resolve(step.config().get()).toString());
                assertEquals(0, check.exitCode(), check.err());
                booted++;
            } else {
                assertTarget(step.commands().strip().substring("make ".length()));
            }
        }
        assertEquals(2, booted);
    }

    private static void assertTarget(String target) throws Exception {
        String makefile = Files.readString(PROJECT.resolve("Makefile"));
        assertTrue(
                Pattern.compile("(?m)^" + Pattern.quote(target) + ":")
                        .matcher(makefile)
                        .find(),
                target);
    }

    /** Makes what {@code make image} leaves, as far as the commands need it. */
    private void prepareClone() throws Exception {
        Path guest = Files.createDirectories(clone.resolve("build/guests/linux"));
        ImageFile.write(guest.resolve("Image"), 4096);
        Files.writeString(guest.resolve("initrd.cpio"), "initrd");
        Path core = Files.createDirectories(clone.resolve("vmm-core/target"));
        Files.createSymbolicLink(core.resolve("classes"), PROJECT.resolve("vmm-core/target/classes"));
        Path launcher = Files.createDirectories(clone.resolve("vmm-cli/target/jinn/bin"))
                .resolve("jinn");
        String classes = String.join(
                File.pathSeparator,
                List.of(
                        System.getProperty("jdk.module.path", ""),
                        PROJECT.resolve("vmm-cli/target/classes").toString()));
        Files.writeString(launcher, "#!/bin/sh\nexec java -cp '" + classes + "' jinn.cli.Main \"$@\"\n");
        assertTrue(launcher.toFile().setExecutable(true));
    }
}
