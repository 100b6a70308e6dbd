package jinn.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import jinn.config.ConfigLoader;
import jinn.config.VmConfig;
import jinn.error.VmmException;
import jinn.vm.BootCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jinn check}: everything that can be said about a VM without a host that can run it. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Checks VM descriptions and the files they boot, on any machine.")
final class CheckCommand implements Callable<Integer>, ErrorReporter.Source {

    @Spec
    private CommandSpec spec;

    @Mixin
    private Verbosity verbosity;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "JSON files, one VM each.")
    private List<Path> files;

    @Override
    public boolean isVerbose() {
        return verbosity.isVerbose();
    }

    /** Checks all files and returns the exit code of the first that is not in order. */
    @Override
    public Integer call() {
        ExitCode result = ExitCode.SUCCESS;
        for (Path file : files) {
            ExitCode code = check(file);
            result = result == ExitCode.SUCCESS ? code : result;
        }
        return result.number();
    }

    private ExitCode check(Path file) {
        PrintWriter out = spec.commandLine().getOut();
        try {
            VmConfig vm = ConfigLoader.load(file);
            BootCheck.check(vm);
            out.println(file + ": vm " + vm.name() + ": " + counted(vm.machine().cpus(), "vCPU") + ", "
                    + (vm.machine().memoryBytes() >> 20) + " MiB, "
                    + counted(vm.devices().size(), "device") + ", "
                    + counted(vm.doorbells().size(), "doorbell"));
            return ExitCode.SUCCESS;
        } catch (VmmException e) {
            return ErrorReporter.report(e, isVerbose(), spec.commandLine().getErr());
        }
    }

    private static String counted(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
