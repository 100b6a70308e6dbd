package jinn.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import jinn.vm.HypervisorInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JsonGenerator;

/** {@code jinn info}: whether this host can run VMs, and what its hypervisors can do. */
@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Tells whether this host can run VMs and what its hypervisors can do; exit code 1 when it cannot.")
final class InfoCommand implements Callable<Integer>, ErrorReporter.Source {

    @Spec
    private CommandSpec spec;

    @Mixin
    private Verbosity verbosity;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public boolean isVerbose() {
        return verbosity.isVerbose();
    }

    @Override
    public Integer call() {
        List<HypervisorInfo> hypervisors = HypervisorInfo.probe();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(toJson(hypervisors));
        } else {
            print(hypervisors, out);
        }
        boolean usable = hypervisors.stream().anyMatch(info -> info.automatic() && info.usable());
        return (usable ? ExitCode.SUCCESS : ExitCode.FAILURE).number();
    }

    private static void print(List<HypervisorInfo> hypervisors, PrintWriter out) {
        line(out, "jinn", Version.current());
        line(out, "java", Runtime.version() + " on " + platform());
        hypervisors.forEach(info -> print(info, out));
    }

    private static void print(HypervisorInfo info, PrintWriter out) {
        if (!info.usable()) {
            line(out, info.name(), info.problem());
            return;
        }
        line(out, info.name(), info.path() + ", usable" + (info.automatic() ? ", taken by \"auto\"" : ""));
        line(out, "  driver", info.flavour());
        line(out, "  addresses", info.guestAddressBits() + " bits guest-physical");
        line(out, "  protected", info.protectedVms() ? "offered" : "not offered");
        line(out, "  features", info.features().isEmpty() ? "none" : String.join(", ", info.features()));
    }

    private static void line(PrintWriter out, String key, String value) {
        out.println(String.format("%-13s%s", key, value));
    }

    private static String toJson(List<HypervisorInfo> hypervisors) {
        return JsonText.write(json -> {
            json.writeStartObject();
            json.writeStringProperty("version", Version.current());
            json.writeStringProperty("java", Runtime.version().toString());
            json.writeStringProperty("platform", platform());
            json.writeArrayPropertyStart("hypervisors");
            hypervisors.forEach(info -> write(json, info));
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, HypervisorInfo info) {
        json.writeStartObject();
        json.writeStringProperty("name", info.name());
        json.writeStringProperty("path", info.path());
        json.writeBooleanProperty("auto", info.automatic());
        json.writeBooleanProperty("present", info.present());
        json.writeBooleanProperty("usable", info.usable());
        json.writeStringProperty("problem", info.problem());
        json.writeStringProperty("flavour", info.flavour());
        json.writeNumberProperty("guestAddressBits", info.guestAddressBits());
        json.writeBooleanProperty("protectedVms", info.protectedVms());
        json.writeArrayPropertyStart("features");
        info.features().forEach(json::writeString);
        json.writeEndArray();
        json.writeEndObject();
    }

    private static String platform() {
        return System.getProperty("os.name") + "/" + System.getProperty("os.arch");
    }
}
