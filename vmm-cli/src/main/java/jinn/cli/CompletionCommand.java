package jinn.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jinn completion}: lets a shell complete the commands and options. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Prints a script with which the shell completes jinn's commands, options and files.",
        footerHeading = "%nExamples:%n",
        footer = {"  source <(jinn completion bash)", "  jinn completion bash >/etc/bash_completion.d/jinn"})
final class CompletionCommand implements Callable<Integer> {

    /** The shells that there is a script for. */
    private enum Shell {
        BASH
    }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "bash")
    private Shell shell;

    @Override
    public Integer call() {
        String script = switch (shell) {
            case BASH -> AutoComplete.bash("jinn", spec.root().commandLine());
        };
        spec.commandLine().getOut().print(script);
        spec.commandLine().getOut().flush();
        return ExitCode.SUCCESS.number();
    }
}
