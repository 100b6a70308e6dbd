package jinn.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jinn completion}: lets a shell complete the commands and options. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Prints a script with which the shell completes jinn's commands, options, files and VMs.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(jinn completion bash)",
            "  jinn completion zsh >/usr/local/share/zsh/site-functions/_jinn",
            "  jinn completion fish >~/.config/fish/completions/jinn.fish"
        })
final class CompletionCommand implements Callable<Integer> {

    /** The shells that there is a script for. */
    private enum Shell {
        BASH,
        ZSH,
        FISH
    }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish")
    private Shell shell;

    @Override
    public Integer call() {
        List<ShellWords.Subcommand> commands = ShellWords.of(spec.root().commandLine());
        String script = switch (shell) {
            case BASH -> ShellScript.bash(commands);
            case ZSH -> ShellScript.zsh(commands);
            case FISH -> ShellScript.fish(commands);
        };
        spec.commandLine().getOut().print(script);
        spec.commandLine().getOut().flush();
        return ExitCode.SUCCESS.number();
    }
}
