package jinn.cli;

import java.util.concurrent.Callable;
import jinn.vm.VmState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jinn pause}. */
@Command(
        name = "pause",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Holds running VMs: when it returns, no vCPU runs and no device works for the guest.",
        footerHeading = "%nExamples:%n",
        footer = {"  jinn pause web", "  jinn pause web db"})
final class PauseCommand implements Callable<Integer>, ErrorReporter.Source {

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
        return change.ask(spec, "pause", "paused", VmState.PAUSED, isVerbose()).number();
    }
}
