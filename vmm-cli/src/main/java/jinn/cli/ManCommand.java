package jinn.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jinn man}: the manual pages, for those who package Jinn. */
@Command(
        name = "man",
        hidden = true,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Writes the manual pages of jinn and its commands into a directory.",
        footerHeading = "%nExamples:%n",
        footer = {"  jinn man /usr/local/share/man/man1"})
final class ManCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "The directory, which exists.")
    private Path directory;

    @Override
    public Integer call() {
        for (CommandLine command : pages(spec.root().commandLine())) {
            OutputFile.write(
                    "the manual page",
                    directory.resolve(ManPage.name(command) + ".1"),
                    ManPage.text(command).getBytes(StandardCharsets.UTF_8));
        }
        return ExitCode.SUCCESS.number();
    }

    /** Returns the commands that have a page: all but hidden ones. */
    static List<CommandLine> pages(CommandLine root) {
        List<CommandLine> commands = new ArrayList<>(List.of(root));
        for (CommandLine command : root.getSubcommands().values()) {
            if (!command.getCommandSpec().usageMessage().hidden()) {
                commands.add(command);
            }
        }
        return commands;
    }
}
