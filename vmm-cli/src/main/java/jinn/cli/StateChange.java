package jinn.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import jinn.control.ControlClient;
import jinn.error.HostException;
import jinn.vm.VmState;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What commands have in common that ask VMs for another state. */
final class StateChange {

    /** A vCPU may first have to write its output to a slow terminal. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Mixin
    private ControlOptions control;

    @Option(names = "--json", description = "Print a line of JSON for each VM.")
    private boolean json;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The VMs.")
    private List<String> names;

    /**
     * Asks each VM, also after one has refused.
     *
     * @param command the word of the control protocol
     * @param done says of a VM that has obeyed what has happened
     * @param state what it is now, for programs
     * @return the exit code, of the last failure if there was one
     */
    ExitCode ask(CommandSpec spec, String command, String done, VmState state, boolean verbose) {
        ExitCode result = ExitCode.SUCCESS;
        for (String name : names) {
            try (ControlClient client = ControlClient.connect(control.directory(), name)) {
                client.greet();
                if (!client.request(command, PATIENCE)) {
                    throw new HostException("vm " + name + ": ended before it answered");
                }
                spec.commandLine().getOut().println(json ? json(name, state) : "vm " + name + ": " + done);
            } catch (HostException e) {
                result = ErrorReporter.report(e, verbose, spec.commandLine().getErr());
            }
        }
        return result;
    }

    private static String json(String name, VmState state) {
        return JsonText.line(object -> {
            object.writeStringProperty("vm", name);
            object.writeStringProperty("state", state.name().toLowerCase(Locale.ROOT));
        });
    }
}
