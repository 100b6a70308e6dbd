package jinn.cli;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jinn.control.ControlClient;
import jinn.control.ControlClient.Reply;
import jinn.control.ControlDirectory;
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
            "Ends running VMs: each is asked, and its process is killed when it has not ended in time.",
            "The guest is not asked; a guest that should shut down in order has to do so by itself before."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  jinn stop web", "  jinn stop --timeout=2 web db"})
final class StopCommand implements Callable<Integer>, ErrorReporter.Source {

    /** How long the kernel may take to end a killed process. */
    private static final long KILL_SECONDS = 5;

    private static final long LONGEST_TIMEOUT_SECONDS = 24 * 60 * 60;

    @Spec
    private CommandSpec spec;

    @Mixin
    private Verbosity verbosity;

    @Mixin
    private ControlOptions control;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long a VM has time before it is killed, 0 to 86400. Default: ${DEFAULT-VALUE}.")
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
                stop(control.directory(), name);
            } catch (HostException e) {
                result = ErrorReporter.report(e, isVerbose(), spec.commandLine().getErr());
            }
        }
        return result.number();
    }

    private void stop(ControlDirectory directory, String name) {
        long start = System.nanoTime();
        long deadline = start + TimeUnit.SECONDS.toNanos(timeoutSeconds);
        try (ControlClient client = ControlClient.connect(directory, name)) {
            // Read while the connection is open: its other end is the process, so the number is not another's yet.
            OptionalLong pid = directory.pid(name);
            boolean ended = askToEnd(client, deadline);
            if (!ended) {
                kill(name, pid);
            }
            tell("vm " + name + ": " + (ended ? "ended as asked" : "killed, because it did not end when asked")
                    + ", after " + DurationText.ofMillis(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)));
        }
        directory.names();
    }

    /** Returns whether the VM has ended in time. */
    private static boolean askToEnd(ControlClient client, long deadline) {
        Reply reply = client.nextLine(left(deadline));
        if (reply instanceof Reply.Line) {
            client.greet(reply);
            client.send("stop");
        }
        while (reply instanceof Reply.Line) {
            reply = client.nextLine(left(deadline));
        }
        return reply instanceof Reply.Ended;
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    private static void kill(String name, OptionalLong pid) {
        ProcessHandle process = pid.stream()
                .boxed()
                .flatMap(number -> ProcessHandle.of(number).stream())
                .findFirst()
                .orElseThrow(() -> new HostException("vm " + name
                        + ": did not end in time, and its process is not known; find and kill it by hand"));
        process.destroyForcibly();
        try {
            process.onExit().get(KILL_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new HostException(
                    "vm " + name + ": did not end in time, and killing its process " + process.pid()
                            + " did not help; look at the kernel's log with 'dmesg'",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostException("vm " + name + ": interrupted while its process " + process.pid() + " ended", e);
        }
    }

    private void tell(String line) {
        spec.commandLine().getOut().println(line);
    }
}
