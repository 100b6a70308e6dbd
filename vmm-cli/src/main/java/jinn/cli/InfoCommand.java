package jinn.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import jinn.vm.DriverInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code jinn info}: whether this host can run VMs, and what its driver can do. */
@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Tells whether this host can run VMs and what its driver can do; exit code 1 when it cannot.")
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
        DriverInfo driver = DriverInfo.probe();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(toJson(driver));
        } else {
            print(driver, out);
        }
        return (driver.usable() ? ExitCode.SUCCESS : ExitCode.FAILURE).number();
    }

    private static void print(DriverInfo driver, PrintWriter out) {
        line(out, "jinn", Version.current());
        line(out, "java", Runtime.version() + " on " + platform());
        if (!driver.usable()) {
            line(out, "device", driver.problem());
            return;
        }
        line(out, "device", "/dev/gzvm, usable");
        line(out, "driver", driver.flavour());
        line(out, "addresses", driver.guestAddressBits() + " bits guest-physical");
        line(out, "protected", driver.protectedVms() ? "offered" : "not offered");
        line(out, "features", driver.features().isEmpty() ? "none" : String.join(", ", driver.features()));
    }

    private static void line(PrintWriter out, String key, String value) {
        out.println(String.format("%-11s%s", key, value));
    }

    private static String toJson(DriverInfo driver) {
        return JsonText.write(json -> {
            json.writeStartObject();
            json.writeStringProperty("version", Version.current());
            json.writeStringProperty("java", Runtime.version().toString());
            json.writeStringProperty("platform", platform());
            json.writeObjectPropertyStart("device");
            json.writeStringProperty("path", "/dev/gzvm");
            json.writeBooleanProperty("present", driver.present());
            json.writeBooleanProperty("usable", driver.usable());
            json.writeStringProperty("problem", driver.problem());
            json.writeEndObject();
            json.writeObjectPropertyStart("driver");
            json.writeStringProperty("flavour", driver.flavour());
            json.writeNumberProperty("guestAddressBits", driver.guestAddressBits());
            json.writeBooleanProperty("protectedVms", driver.protectedVms());
            json.writeArrayPropertyStart("features");
            driver.features().forEach(json::writeString);
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private static String platform() {
        return System.getProperty("os.name") + "/" + System.getProperty("os.arch");
    }
}
