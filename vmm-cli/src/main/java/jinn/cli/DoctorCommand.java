package jinn.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import jinn.control.ControlDirectory;
import jinn.error.HostException;
import jinn.vm.Finding;
import jinn.vm.HostExamination;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JsonGenerator;

/** {@code jinn doctor}: what this host lacks to run VMs, and what to do about it. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Examines this host: platform, driver, which doorbells the driver takes, limits.",
            "Whatever is not as it should be comes with its remedy. The exit code is 1 when no VM can run."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  jinn doctor", "  jinn doctor --json | jq '.findings[] | select(.verdict != \"good\")'"})
final class DoctorCommand implements Callable<Integer>, ErrorReporter.Source {

    @Spec
    private CommandSpec spec;

    @Mixin
    private Verbosity verbosity;

    @Mixin
    private ControlOptions control;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public boolean isVerbose() {
        return verbosity.isVerbose();
    }

    @Override
    public Integer call() {
        List<Finding> findings = new ArrayList<>(HostExamination.examine());
        findings.add(examineControl());
        boolean healthy = findings.stream().noneMatch(finding -> finding.verdict() == Finding.Verdict.BAD);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonText.write(generator -> write(generator, findings, healthy)));
        } else {
            findings.forEach(finding -> print(out, finding));
            out.println(healthy ? "This host can run VMs." : "This host cannot run VMs.");
        }
        return (healthy ? ExitCode.SUCCESS : ExitCode.FAILURE).number();
    }

    private Finding examineControl() {
        ControlDirectory directory = control.directory();
        try {
            directory.prepare();
            return new Finding(Finding.Verdict.GOOD, "control", directory.path().toString(), "");
        } catch (HostException e) {
            return new Finding(
                    Finding.Verdict.WARNING,
                    "control",
                    e.getMessage(),
                    "until then VMs run, but ps, stop, doorbells, stats and events do not find them");
        }
    }

    private void print(PrintWriter out, Finding finding) {
        out.println(String.format(Locale.ROOT, "%s  %-14s %s", mark(finding), finding.topic(), finding.text()));
        if (!finding.remedy().isEmpty()) {
            out.println(" ".repeat(22) + "-> " + finding.remedy());
        }
    }

    /** Colours only where picocli finds a terminal that wants them; NO_COLOR switches them off. */
    private String mark(Finding finding) {
        String markup = switch (finding.verdict()) {
            case GOOD -> "@|green ok|@  ";
            case WARNING -> "@|yellow warn|@";
            case BAD -> "@|bold,red BAD|@ ";
        };
        return spec.commandLine().getColorScheme().ansi().string(markup);
    }

    private static void write(JsonGenerator json, List<Finding> findings, boolean healthy) {
        json.writeStartObject();
        json.writeStringProperty("version", Version.current());
        json.writeBooleanProperty("healthy", healthy);
        json.writeArrayPropertyStart("findings");
        for (Finding finding : findings) {
            json.writeStartObject();
            json.writeStringProperty("verdict", finding.verdict().name().toLowerCase(Locale.ROOT));
            json.writeStringProperty("topic", finding.topic());
            json.writeStringProperty("text", finding.text());
            json.writeStringProperty("remedy", finding.remedy());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
