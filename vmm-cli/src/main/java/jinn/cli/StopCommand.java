package jinn.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import jinn.error.HostException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jinn stop}: ends VMs, in order if they can. */
@Command(
        name = "stop",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Ends running VMs and says what ended each.",
            "The power button is pressed, if the guest has a driver for it (gpio-keys on a PL061). A VM whose guest has"
                    + " none, or has not powered off in time, is stopped; one that does not stop is killed."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  jinn stop web", "  jinn stop --timeout=120 web db", "  jinn stop --timeout=0 web"})
final class StopCommand implements Callable<Integer>, ErrorReporter.Source {

    private static final long LONGEST_TIMEOUT_SECONDS = 24 * 60 * 60;

    @Spec
    private CommandSpec spec;

    @Mixin
    private Verbosity verbosity;

    @Mixin
    private ControlOptions control;

    @Option(names = "--json", description = "Print a line of JSON for each VM.")
    private boolean json;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long a guest has to power off, 0 to 86400; 0 does not press its power button. Default:"
                    + " ${DEFAULT-VALUE}.")
    private long timeoutSeconds;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The VMs to end.")
    private List<String> names;

    @Override
    public boolean isVerbose() {
        return verbosity.isVerbose();
    }

    @Override
    public Integer call() {
        if (timeoutSeconds < 0 || timeoutSeconds > LONGEST_TIMEOUT_SECONDS) {
            throw new ParameterException(
                    spec.commandLine(), "--timeout=" + timeoutSeconds + ": must be 0 to " + LONGEST_TIMEOUT_SECONDS);
        }
        ExitCode result = ExitCode.SUCCESS;
        for (String name : names) {
            try {
                stop(name);
            } catch (HostException e) {
                result = ErrorReporter.report(e, isVerbose(), spec.commandLine().getErr());
            }
        }
        return result.number();
    }

    private void stop(String name) {
        long start = System.nanoTime();
        VmStop.Result result = VmStop.of(control.directory(), name, Duration.ofSeconds(timeoutSeconds));
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        spec.commandLine()
                .getOut()
                .println(
                        json
                                ? json(name, result, millis)
                                : "vm " + name + ": " + result.text() + ", after " + DurationText.ofMillis(millis));
    }

    private static String json(String name, VmStop.Result result, long millis) {
        return JsonText.line(object -> {
            object.writeStringProperty("vm", name);
            object.writeStringProperty(
                    "endedBy", result.means().name().toLowerCase(Locale.ROOT).replace('_', '-'));
            object.writeStringProperty("message", result.text());
            object.writeNumberProperty("tookMs", millis);
        });
    }
}
