package jinn.cli;

import java.util.concurrent.Callable;
import jinn.vm.VmState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jinn resume}. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Lets paused VMs go on where they were held.",
        footerHeading = "%nExamples:%n",
        footer = {"  jinn resume web"})
final class ResumeCommand implements Callable<Integer>, ErrorReporter.Source {

    @Spec
    private CommandSpec spec;

    @Mixin
    private Verbosity verbosity;

    @Mixin
    private StateChange change;

    @Override
    public boolean isVerbose() {
        return verbosity.isVerbose();
    }

    @Override
    public Integer call() {
        return change.ask(spec, "resume", "resumed", VmState.RUNNING, isVerbose())
                .number();
    }
}
