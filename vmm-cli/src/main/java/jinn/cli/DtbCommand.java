package jinn.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import jinn.config.ConfigLoader;
import jinn.config.VmConfig;
import jinn.vm.GuestPreview;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jinn dtb}: the device tree that the guest gets. */
@Command(
        name = "dtb",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Prints the device tree that the guest gets as source, or writes it to a file as a blob.",
        footerHeading = "%nExamples:%n",
        footer = {"  jinn dtb vm.json", "  jinn dtb --output=vm.dtb vm.json"})
final class DtbCommand implements Callable<Integer>, ErrorReporter.Source {

    @Spec
    private CommandSpec spec;

    @Mixin
    private Verbosity verbosity;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DTB",
            description = "Write the flattened device tree to this file instead of printing its source.")
    private Path output;

    @Parameters(paramLabel = "FILE", description = "The JSON file that describes the VM.")
    private Path file;

    @Override
    public boolean isVerbose() {
        return verbosity.isVerbose();
    }

    @Override
    public Integer call() {
        VmConfig vm = ConfigLoader.load(file);
        if (output == null) {
            spec.commandLine().getOut().print(GuestPreview.deviceTreeSource(vm));
            spec.commandLine().getOut().flush();
        } else {
            OutputFile.write("the device tree", output, GuestPreview.deviceTree(vm));
        }
        return ExitCode.SUCCESS.number();
    }
}
