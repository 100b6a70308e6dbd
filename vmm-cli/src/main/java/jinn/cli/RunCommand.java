package jinn.cli;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import jinn.config.ConfigLoader;
import jinn.config.LogLevel;
import jinn.config.LoggingConfig;
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

    private static final int LONGEST_READY_TEXT = 1024;

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
            description = "kernel: the driver delivers rings wherever it can; userspace: each ring leaves the vCPU for"
                    + " Jinn, to compare or to debug. Default: kernel.")
    private Doorbells doorbells = Doorbells.KERNEL;

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
            description = "Tell how long each step took, from the start of the process to the guest's first output, or"
                    + " to its --ready-text.")
    private boolean showTimeline;

    @Option(
            names = "--ready-text",
            paramLabel = "TEXT",
            description =
                    "What the guest writes to a console when it is ready, 'login:' for example: told when it comes,"
                            + " with --timeline too, and as an event.")
    private String readyText;

    @Option(
            names = "--silence",
            paramLabel = "SECONDS",
            description = "When the guest has written nothing for so long, tell what it did and why it may be silent;"
                    + " 0 for never, at most 86400. Default: 30.")
    private int silenceSeconds = 30;

    @Parameters(paramLabel = "FILE", description = "The JSON file that describes the VM.")
    private Path file;

    /** What the description says, from when it has been read. */
    private LoggingConfig logging = LoggingConfig.DEFAULT;

    /** Where it writes, when no parser has made it. */
    private final Optional<Streams> given;

    RunCommand() {
        this.given = Optional.empty();
    }

    /** Makes the command with no option. */
    RunCommand(Path file, Streams streams) {
        this.file = file;
        this.given = Optional.of(streams);
        this.verbosity = new Verbosity();
        this.controlOptions = new ControlOptions();
    }

    @Override
    public boolean isVerbose() {
        return verbosity.isVerbose() || (logging.level() == LogLevel.DEBUG && !quiet);
    }

    /** Returns whether to tell warnings and a bad end only. */
    private boolean isQuiet() {
        return quiet || (logging.level() == LogLevel.WARNING && !verbosity.isVerbose());
    }

    private Streams streams() {
        return given.orElseGet(() -> Streams.of(spec.commandLine()));
    }

    @Override
    public Integer call() {
        timeline.add("jvm");
        if (silenceSeconds < 0 || silenceSeconds > LONGEST_SILENCE_SECONDS) {
            throw new ParameterException(
                    spec.commandLine(), "--silence=" + silenceSeconds + ": must be 0 to " + LONGEST_SILENCE_SECONDS);
        }
        if (readyText != null && (readyText.isEmpty() || readyText.length() > LONGEST_READY_TEXT)) {
            throw new ParameterException(
                    spec.commandLine(), "--ready-text: must have 1 to " + LONGEST_READY_TEXT + " characters");
        }
        if (log != null && !detach) {
            throw new ParameterException(spec.commandLine(), "--log needs --detach");
        }
        Detachment detachment = Detachment.ofThisProcess();
        if (detachment.isDetached()) {
            detachment.leaveSession();
        }
        VmConfig config = ConfigLoader.load(file);
        logging = config.logging();
        timeline.add("config");
        return detach && !detachment.isDetached() ? runDetached(config) : runHere(config, detachment);
    }

    private int runDetached(VmConfig config) {
        ControlDirectory directory = controlOptions.directory();
        // Without a socket nobody could ever reach the VM again.
        directory.prepare();
        directory.requireFree(config.name());
        Path messages = log == null ? logging.file().orElseGet(() -> directory.log(config.name())) : log;
        return switch (Detachment.start(config.name(), messages)) {
            case Detachment.Result.Failed(int exitCode) -> exitCode;
            case Detachment.Result.Running(long pid) -> {
                if (!isQuiet()) {
                    streams()
                            .err()
                            .println("vm " + config.name() + ": runs as process " + pid + "; 'jinn console "
                                    + config.name() + "' shows its consoles, messages go to " + messages);
                }
                yield ExitCode.SUCCESS.number();
            }
        };
    }

    private int runHere(VmConfig config, Detachment detachment) {
        // The messages of a detached process go to the log as a whole.
        Optional<Path> messageFile = detachment.isDetached() ? Optional.empty() : logging.file();
        TerminalIo terminal = detachment.isDetached() ? TerminalIo.none() : TerminalIo.standard();
        // The report is closed, and so written, before the JVM may end by a signal.
        try (StopAtExit stop = new StopAtExit();
                Writer reportWriter = openReport();
                RunControl control = RunControl.claim(controlOptions.directory(), config.name());
                // After the name is taken: another VM of this name may have the file.
                MessageLog messages = MessageLog.open(
                        config.name(),
                        messageFile,
                        streams().err(),
                        terminal.output().filter(output -> Streams.areOneFile()))) {
            RunReport result = run(config, terminal, detachment, stop, control, messages);
            stop.released();
            control.ended(result);
            messages.tell(summary(result), "\n");
            reportWriter.write(result.toJson());
            return ExitCode.of(result.outcome()).number();
        } catch (NoSuchFileException e) {
            throw new HostException("cannot write the report " + report + ": no such directory", e);
        } catch (IOException e) {
            throw new HostException("cannot write the report " + report + ": " + e.getMessage(), e);
        }
    }

    private RunReport run(
            VmConfig config,
            TerminalIo terminal,
            Detachment detachment,
            StopAtExit stop,
            RunControl control,
            MessageLog messages) {
        VmOptions options = new VmOptions(doorbells == Doorbells.USERSPACE, terminal, Optional.ofNullable(readyText));
        // In raw mode the terminal does not return to the first column by itself.
        String lineEnd = !messages.isFile() && terminal.isInteractive() ? "\r\n" : "\n";
        try (RunDisplay display = new RunDisplay(config.name(), lines -> messages.tell(lines, lineEnd), !isQuiet());
                VirtualMachine vm = VirtualMachine.assemble(config, options, listener(display, control))) {
            stop.watch(vm);
            control.serve(config, file.toString(), new ControlView(vm));
            if (!control.problem().isEmpty()) {
                display.warned("vm " + config.name() + ": runs without a control socket: " + control.problem());
            }
            if (detachment.isDetached()) {
                detachment.ready();
            }
            if (isVerbose()) {
                display.showPaths(vm.doorbells());
            }
            VmOutcome outcome;
            try (SilenceHint hint = SilenceHint.start(vm, silenceSeconds, config, display::warned)) {
                assert hint != null;
                outcome = vm.run();
            }
            return new RunReport(
                    config.name(),
                    outcome,
                    vm.doorbells(),
                    vm.vcpus(),
                    vm.queues(),
                    vm.networks(),
                    vm.sockets(),
                    vm.registers());
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

    /** Returns what to tell at the end. */
    private List<String> summary(RunReport result) {
        List<String> lines = new ArrayList<>();
        if (showTimeline) {
            lines.addAll(timeline.lines());
        }
        List<DoorbellStatus> rung = result.doorbells();
        if (!isQuiet() && !rung.isEmpty()) {
            lines.addAll(DoorbellText.table(rung));
        }
        if (!isQuiet() || ExitCode.of(result.outcome()) != ExitCode.SUCCESS) {
            lines.add("vm " + result.vm() + ": " + OutcomeText.describe(result.outcome()));
        }
        return lines;
    }
}
