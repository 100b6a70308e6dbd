package jinn.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import jinn.config.ConfigLoader;
import jinn.config.VmConfig;
import jinn.control.ControlDirectory;
import jinn.doorbell.DoorbellStatus;
import jinn.error.HostException;
import jinn.vm.TerminalIo;
import jinn.vm.VirtualMachine;
import jinn.vm.VmListener;
import jinn.vm.VmOptions;
import jinn.vm.VmOutcome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jinn run}: one VM, from its description to its end. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Runs the VM that a JSON file describes, until the guest or the user ends it.",
            "Other commands find the VM by its name: ps, doorbells, stats, events, console, pause, resume," + " stop.",
            "The guest's consoles are on the standard output; rings of doorbells, warnings and the end of the VM are"
                    + " told on the standard error. Ctrl-] stops a VM that has the terminal."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  jinn run vm.json", "  jinn run --detach vm.json", "  jinn run --quiet --report=report.json vm.json"
        })
final class RunCommand implements Callable<Integer>, ErrorReporter.Source {

    private enum Doorbells {
        KERNEL,
        USERSPACE
    }

    private static final int LONGEST_SILENCE_SECONDS = 24 * 60 * 60;

    private final Timeline timeline = new Timeline();

    @Spec
    private CommandSpec spec;

    @Mixin
    private Verbosity verbosity;

    @Mixin
    private ControlOptions controlOptions;

    @Option(
            names = "--doorbells",
            paramLabel = "PATH",
            defaultValue = "kernel",
            description = "kernel: the driver delivers rings wherever it can; userspace: each ring leaves the vCPU for"
                    + " Jinn, to compare or to debug. Default: ${DEFAULT-VALUE}.")
    private Doorbells doorbells;

    @Option(names = "--report", paramLabel = "FILE", description = "At the end, write what happened to FILE as JSON.")
    private Path report;

    @Option(names = "--quiet", description = "Tell warnings and a bad end only.")
    private boolean quiet;

    @Option(
            names = "--detach",
            description = "Return when the VM is there, and leave it to run in the background. 'jinn console' shows its"
                    + " consoles.")
    private boolean detach;

    @Option(
            names = "--log",
            paramLabel = "FILE",
            description = "With --detach, where Jinn's messages go. Default: NAME.log beside the control sockets.")
    private Path log;

    @Option(
            names = "--timeline",
            description = "Tell how long each step took, from the start of the process to the guest's first output.")
    private boolean showTimeline;

    @Option(
            names = "--silence",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "When the guest has written nothing for so long, tell what it did and why it may be silent;"
                    + " 0 for never, at most 86400. Default: ${DEFAULT-VALUE}.")
    private int silenceSeconds;

    @Parameters(paramLabel = "FILE", description = "The JSON file that describes the VM.")
    private Path file;

    @Override
    public boolean isVerbose() {
        return verbosity.isVerbose();
    }

    @Override
    public Integer call() {
        timeline.add("jvm");
        if (silenceSeconds < 0 || silenceSeconds > LONGEST_SILENCE_SECONDS) {
            throw new ParameterException(
                    spec.commandLine(), "--silence=" + silenceSeconds + ": must be 0 to " + LONGEST_SILENCE_SECONDS);
        }
        if (log != null && !detach) {
            throw new ParameterException(spec.commandLine(), "--log needs --detach");
        }
        Detachment detachment = Detachment.ofThisProcess();
        if (detachment.isDetached()) {
            detachment.leaveSession();
        }
        VmConfig config = ConfigLoader.load(file);
        timeline.add("config");
        return detach && !detachment.isDetached() ? runDetached(config) : runHere(config, detachment);
    }

    private int runDetached(VmConfig config) {
        ControlDirectory directory = controlOptions.directory();
        // Without a socket nobody could ever reach the VM again.
        directory.prepare();
        directory.requireFree(config.name());
        Path messages = log == null ? directory.log(config.name()) : log;
        return switch (Detachment.start(config.name(), messages)) {
            case Detachment.Result.Failed(int exitCode) -> exitCode;
            case Detachment.Result.Running(long pid) -> {
                if (!quiet) {
                    spec.commandLine()
                            .getErr()
                            .println("vm " + config.name() + ": runs as process " + pid + "; 'jinn console "
                                    + config.name() + "' shows its consoles, messages go to " + messages);
                }
                yield ExitCode.SUCCESS.number();
            }
        };
    }

    private int runHere(VmConfig config, Detachment detachment) {
        try (Writer reportWriter = openReport();
                StopAtExit stop = new StopAtExit();
                RunControl control = RunControl.claim(controlOptions.directory(), config.name())) {
            RunReport result = run(config, detachment, stop, control);
            control.ended(result);
            tell(result);
            reportWriter.write(result.toJson());
            return ExitCode.of(result.outcome()).number();
        } catch (NoSuchFileException e) {
            throw new HostException("cannot write the report " + report + ": no such directory", e);
        } catch (IOException e) {
            throw new HostException("cannot write the report " + report + ": " + e.getMessage(), e);
        }
    }

    private RunReport run(VmConfig config, Detachment detachment, StopAtExit stop, RunControl control) {
        TerminalIo terminal = detachment.isDetached() ? TerminalIo.none() : TerminalIo.standard();
        VmOptions options = new VmOptions(doorbells == Doorbells.USERSPACE, terminal);
        // In raw mode the terminal does not return to the first column by itself.
        String lineEnd = terminal.isInteractive() ? "\r\n" : "\n";
        try (RunDisplay display =
                        new RunDisplay(config.name(), spec.commandLine().getErr(), lineEnd, !quiet);
                VirtualMachine vm = VirtualMachine.assemble(config, options, listener(display, control))) {
            stop.watch(vm);
            control.serve(config, file.toString(), new ControlView(vm));
            if (!control.problem().isEmpty()) {
                display.warned("vm " + config.name() + ": runs without a control socket: " + control.problem());
            }
            if (detachment.isDetached()) {
                detachment.ready();
            }
            VmOutcome outcome;
            try (SilenceHint hint = SilenceHint.start(vm, silenceSeconds, config, display::warned)) {
                assert hint != null;
                outcome = vm.run();
            }
            return new RunReport(config.name(), outcome, vm.doorbells(), vm.vcpus(), vm.queues());
        }
    }

    private VmListener listener(RunDisplay display, RunControl control) {
        VmListener both = new ListenerPair(display, control);
        return showTimeline ? new TimelineListener(timeline, both) : both;
    }

    /** Opens the report before there is a VM, so that a bad path is told at once. */
    private Writer openReport() throws IOException {
        return report == null ? Writer.nullWriter() : Files.newBufferedWriter(report, StandardCharsets.UTF_8);
    }

    private void tell(RunReport result) {
        PrintWriter err = spec.commandLine().getErr();
        if (showTimeline) {
            timeline.lines().forEach(err::println);
        }
        List<DoorbellStatus> rung = result.doorbells();
        if (!quiet && !rung.isEmpty()) {
            DoorbellText.table(rung).forEach(err::println);
        }
        if (!quiet || ExitCode.of(result.outcome()) != ExitCode.SUCCESS) {
            err.println("vm " + result.vm() + ": " + OutcomeText.describe(result.outcome()));
        }
        err.flush();
    }
}
