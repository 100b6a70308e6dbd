package jinn.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import jinn.config.ConfigLoader;
import jinn.config.VmConfig;
import jinn.vm.GuestPreview;
import jinn.vm.GuestPreview.Region;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JsonGenerator;

/** {@code jinn map}: what is where in the guest's address space. */
@Command(
        name = "map",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Shows what is at which guest-physical address: devices, RAM with the images in it, doorbells.",
        footerHeading = "%nExamples:%n",
        footer = {"  jinn map vm.json", "  jinn map --json vm.json | jq '.regions[] | select(.kind == \"doorbell\")'"})
final class MapCommand implements Callable<Integer>, ErrorReporter.Source {

    @Spec
    private CommandSpec spec;

    @Mixin
    private Verbosity verbosity;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Parameters(paramLabel = "FILE", description = "The JSON file that describes the VM.")
    private Path file;

    @Override
    public boolean isVerbose() {
        return verbosity.isVerbose();
    }

    @Override
    public Integer call() {
        VmConfig vm = ConfigLoader.load(file);
        List<Region> regions = GuestPreview.addressMap(vm);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonText.write(generator -> write(generator, vm, regions)));
        } else {
            out.println("vm " + vm.name() + ": guest-physical addresses");
            lines(regions).forEach(out::println);
        }
        return ExitCode.SUCCESS.number();
    }

    /** A region inside of another one is indented. */
    private static List<String> lines(List<Region> regions) {
        List<List<String>> rows = new ArrayList<>();
        long outerEnd = 0;
        for (Region region : regions) {
            boolean inner = region.start() < outerEnd;
            outerEnd = inner ? outerEnd : region.end();
            String range = String.format(Locale.ROOT, "0x%08x-0x%08x", region.start(), region.end() - 1);
            rows.add(List.of(
                    (inner ? "  " : "") + range,
                    SizeText.of(region.end() - region.start()),
                    region.name() + (region.detail().isEmpty() ? "" : ": " + region.detail())));
        }
        return TextTable.lines(rows);
    }

    private static void write(JsonGenerator json, VmConfig vm, List<Region> regions) {
        json.writeStartObject();
        json.writeStringProperty("vm", vm.name());
        json.writeArrayPropertyStart("regions");
        for (Region region : regions) {
            json.writeStartObject();
            json.writeStringProperty("kind", region.kind().name().toLowerCase(Locale.ROOT));
            json.writeStringProperty("start", String.format(Locale.ROOT, "0x%08x", region.start()));
            json.writeNumberProperty("bytes", region.end() - region.start());
            json.writeStringProperty("name", region.name());
            json.writeStringProperty("detail", region.detail());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
