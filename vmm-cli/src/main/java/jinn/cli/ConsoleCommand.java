package jinn.cli;

import java.util.concurrent.Callable;
import jinn.control.ControlClient;
import jinn.vm.UserTerminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jinn console}: the consoles of a running VM, from another terminal. */
@Command(
        name = "console",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Shows what the consoles of a running VM write, beginning with the last 64 KiB, and types what you type.",
            "Ctrl-] detaches; the VM runs on. Several may watch and type at a time; the guest has the size of the terminal that",
            "came or changed last."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  jinn console web", "  jinn console --read-only web > web.log"})
final class ConsoleCommand implements Callable<Integer>, ErrorReporter.Source {

    @Spec
    private CommandSpec spec;

    @Mixin
    private Verbosity verbosity;

    @Mixin
    private ControlOptions control;

    @Option(names = "--read-only", description = "Only watch. The standard input is left alone.")
    private boolean readOnly;

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "The VM. Default: the only one that runs.")
    private String name;

    @Override
    public boolean isVerbose() {
        return verbosity.isVerbose();
    }

    @Override
    public Integer call() {
        String vm = control.vm(name);
        ConsoleSession.End end;
        try (ControlClient client = ControlClient.connect(control.directory(), vm)) {
            client.greet();
            try (UserTerminal terminal = readOnly ? UserTerminal.none() : UserTerminal.standard()) {
                ConsoleSession session = new ConsoleSession(vm, client, System.out, terminal.isRaw(), this::tell);
                terminal.watchSize(session::resized);
                end = session.run(readOnly ? null : System.in);
            }
        }
        tell("vm " + vm + ": " + describe(end));
        return ExitCode.SUCCESS.number();
    }

    private static String describe(ConsoleSession.End end) {
        return switch (end) {
            case ConsoleSession.End.Detached detached -> "detached";
            case ConsoleSession.End.Closed closed -> closed.message();
        };
    }

    private void tell(String line) {
        spec.commandLine().getErr().println(line);
        spec.commandLine().getErr().flush();
    }
}
