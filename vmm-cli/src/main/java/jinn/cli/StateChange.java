package jinn.cli;

import java.time.Duration;
import java.util.List;
import jinn.control.ControlClient;
import jinn.error.HostException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/** What commands have in common that ask VMs for another state. */
final class StateChange {

    /** A vCPU may first have to write its output to a slow terminal. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Mixin
    private ControlOptions control;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The VMs.")
    private List<String> names;

    /**
     * Asks each VM, also after one has refused.
     *
     * @param command the word of the control protocol
     * @param done says of a VM that has obeyed what it is now
     * @return the exit code, of the last failure if there was one
     */
    ExitCode ask(CommandSpec spec, String command, String done, boolean verbose) {
        ExitCode result = ExitCode.SUCCESS;
        for (String name : names) {
            try (ControlClient client = ControlClient.connect(control.directory(), name)) {
                client.greet();
                if (!client.request(command, PATIENCE)) {
                    throw new HostException("vm " + name + ": ended before it answered");
                }
                spec.commandLine().getOut().println("vm " + name + ": " + done);
            } catch (HostException e) {
                result = ErrorReporter.report(e, verbose, spec.commandLine().getErr());
            }
        }
        return result;
    }
}
