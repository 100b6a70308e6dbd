package jinn.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import jinn.config.VmConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jinn check}: everything that can be said about a VM without a host that can run it. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Checks VM descriptions and the files they boot, on any machine.",
        footerHeading = "%nExamples:%n",
        footer = {"  jinn check vm.json", "  jinn check --json guests/*.json | jq '.[] | select(.ok | not)'"})
final class CheckCommand implements Callable<Integer>, ErrorReporter.Source {

    @Spec
    private CommandSpec spec;

    @Mixin
    private Verbosity verbosity;

    @Option(names = "--json", description = "Print one JSON array, with an object for each file.")
    private boolean json;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "JSON files, one VM each.")
    private List<Path> files;

    /** Where it writes, when no parser has made it. */
    private final Optional<Streams> given;

    CheckCommand() {
        this.given = Optional.empty();
    }

    /** Makes the command with no option. */
    CheckCommand(List<Path> files, Streams streams) {
        this.files = files;
        this.given = Optional.of(streams);
        this.verbosity = new Verbosity();
    }

    @Override
    public boolean isVerbose() {
        return verbosity.isVerbose();
    }

    private Streams streams() {
        return given.orElseGet(() -> Streams.of(spec.commandLine()));
    }

    /** Checks all files and returns the exit code of the first that is not in order. */
    @Override
    public Integer call() {
        List<CheckedFile> checked = new ArrayList<>();
        for (Path file : files) {
            CheckedFile result = CheckedFile.of(file);
            checked.add(result);
            if (!json) {
                tell(result);
            }
        }
        if (json) {
            streams().out().println(JsonText.write(generator -> CheckedFile.write(generator, checked)));
        }
        return checked.stream()
                .map(CheckedFile::exitCode)
                .filter(code -> code != ExitCode.SUCCESS)
                .findFirst()
                .orElse(ExitCode.SUCCESS)
                .number();
    }

    private void tell(CheckedFile checked) {
        if (checked.failure().isPresent()) {
            ErrorReporter.report(checked.failure().get(), isVerbose(), streams().err());
            return;
        }
        VmConfig vm = checked.vm().orElseThrow();
        PrintWriter out = streams().out();
        out.println(checked.file() + ": vm " + vm.name() + ": "
                + counted(vm.machine().cpus(), "vCPU") + ", "
                + (vm.machine().memoryBytes() >> 20) + " MiB, "
                + counted(vm.devices().size(), "device") + ", "
                + counted(vm.doorbells().size(), "doorbell"));
    }

    private static String counted(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
