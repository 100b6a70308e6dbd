package jinn.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import jinn.config.ConfigLoader;
import jinn.config.VmConfig;
import jinn.error.HostException;
import jinn.vm.BootCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jinn init}: a first description, which {@code jinn check} accepts. */
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Writes the description of a VM with a serial console, random numbers and one doorbell.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  jinn init --kernel=/boot/Image vm.json",
            "  jinn init --kernel=Image --initrd=initrd.cpio guests/web.json"
        })
final class InitCommand implements Callable<Integer>, ErrorReporter.Source {

    @Spec
    private CommandSpec spec;

    @Mixin
    private Verbosity verbosity;

    @Option(
            names = "--kernel",
            paramLabel = "PATH",
            defaultValue = "Image",
            description = "The arm64 Image to boot. Default: ${DEFAULT-VALUE}.")
    private Path kernel;

    @Option(names = "--initrd", paramLabel = "PATH", description = "The initrd, if there is one.")
    private Path initrd;

    @Option(names = "--force", description = "Replace FILE if it exists.")
    private boolean force;

    @Parameters(
            paramLabel = "FILE",
            arity = "0..1",
            defaultValue = "vm.json",
            description = "The file to write. Default: ${DEFAULT-VALUE}.")
    private Path file;

    @Override
    public boolean isVerbose() {
        return verbosity.isVerbose();
    }

    @Override
    public Integer call() {
        if (Files.exists(file) && !force) {
            throw new HostException(
                    "cannot write " + file + ": it exists; give another name, or --force to replace it");
        }
        requireKernel();
        String json = description();
        VmConfig vm = ConfigLoader.parse(json, file, System.getenv());
        BootCheck.check(vm);
        OutputFile.write("the VM's description", file, json.getBytes(StandardCharsets.UTF_8));
        tellNextSteps(vm);
        return ExitCode.SUCCESS.number();
    }

    private void tellNextSteps(VmConfig vm) {
        PrintWriter out = spec.commandLine().getOut();
        out.print("""
                %1$s: written, for the VM "%2$s"
                  jinn check %1$s   says whether it is in order
                  jinn map %1$s     shows what is where in the guest
                  jinn run %1$s     runs it in this terminal; Ctrl-] stops it
                In the guest, 'devmem 0x0b000000 32 1' rings the doorbell "demo". docs/config.md explains every key.
                """.formatted(file, vm.name()));
        out.flush();
    }

    private void requireKernel() {
        if (!Files.exists(kernel)) {
            throw new HostException("cannot write " + file + ": its kernel " + kernel
                    + " does not exist; name an arm64 Image with --kernel=PATH");
        }
    }

    private String description() {
        String initrdLine = initrd == null ? "" : "    \"initrd\": " + reference(initrd) + ",\n";
        return """
                {
                  "version": 1,
                  "machine": {"cpus": 1, "memory": "512MiB"},
                  "boot": {
                    "kernel": %s,
                %s    "cmdline": "console=ttyAMA0"
                  },
                  "serial": {"target": "terminal"},
                  "devices": [{"type": "rng"}],
                  "doorbells": [
                    {"name": "demo", "address": "0x0b000000", "length": 4}
                  ]
                }
                """.formatted(reference(kernel), initrdLine);
    }

    /** Returns the path from the description's directory, as a JSON string in which nothing is a variable. */
    private String reference(Path path) {
        Path directory = file.toAbsolutePath().normalize().getParent();
        Path absolute = path.toAbsolutePath().normalize();
        Path shown = path.isAbsolute() ? absolute : directory.relativize(absolute);
        return JsonText.string(shown.toString().replace("${", "$${"));
    }
}
