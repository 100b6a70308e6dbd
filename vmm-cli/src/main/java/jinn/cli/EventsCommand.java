package jinn.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import jinn.control.ControlClient;
import jinn.control.ControlClient.Reply;
import jinn.error.HostException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jinn events}: what happens in a running VM, as it happens. */
@Command(
        name = "events",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Prints what happens in a running VM until it ends: one JSON object a line, for rings of user"
                + " doorbells, warnings and the end.",
        footerHeading = "%nExamples:%n",
        footer = {"  jinn events web", "  jinn events web | jq -c 'select(.event == \"doorbell\") | .doorbell'"})
final class EventsCommand implements Callable<Integer>, ErrorReporter.Source {

    /** As good as for ever: a silent VM is not a dead one. */
    private static final Duration FOR_EVER = Duration.ofDays(365);

    @Spec
    private CommandSpec spec;

    @Mixin
    private Verbosity verbosity;

    @Mixin
    private ControlOptions control;

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "The VM. Default: the only one that runs.")
    private String name;

    @Override
    public boolean isVerbose() {
        return verbosity.isVerbose();
    }

    @Override
    public Integer call() {
        String vm = control.vm(name);
        PrintWriter out = spec.commandLine().getOut();
        try (ControlClient client = ControlClient.connect(control.directory(), vm)) {
            client.greet();
            if (client.ask("events").isEmpty()) {
                throw new HostException("vm " + vm + ": ended before it answered");
            }
            Reply reply = client.nextLine(FOR_EVER);
            // A reader that has gone away, head for example, is the other end.
            while (reply instanceof Reply.Line(String text) && !out.checkError()) {
                out.println(text);
                out.flush();
                reply = client.nextLine(FOR_EVER);
            }
        }
        return ExitCode.SUCCESS.number();
    }
}
