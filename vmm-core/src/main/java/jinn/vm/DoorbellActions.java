package jinn.vm;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import jinn.config.DoorbellAction;
import jinn.config.DoorbellConfig;
import jinn.doorbell.DoorbellStatus;
import jinn.doorbell.delivery.Doorbell;
import jinn.doorbell.delivery.DoorbellHandler;
import jinn.doorbell.delivery.WarningLimiter;

/** Makes what user doorbells do when they ring. */
final class DoorbellActions {

    private final String vmName;
    private final VmEnd end;
    private final PauseRequest pause;
    private final Extensions extensions;
    private final UndoStack resources;
    private final Consumer<String> warnings;

    /**
     * Makes no action yet.
     *
     * @param resources learns how to take each action back
     * @param warnings gets lines for the user, on any thread
     */
    DoorbellActions(
            String vmName,
            VmEnd end,
            PauseRequest pause,
            Extensions extensions,
            UndoStack resources,
            Consumer<String> warnings) {
        this.vmName = vmName;
        this.end = end;
        this.pause = pause;
        this.extensions = extensions;
        this.resources = resources;
        this.warnings = warnings;
    }

    /** Returns the doorbell's action. What it throws is told with the doorbell's name, and the doorbell goes on. */
    DoorbellHandler create(DoorbellConfig doorbell) {
        return guard(doorbell.name(), handler(doorbell));
    }

    DoorbellHandler guard(String name, DoorbellHandler handler) {
        WarningLimiter failures = new WarningLimiter(warnings);
        return (rung, count) -> {
            try {
                handler.rang(rung, count);
            } catch (RuntimeException | LinkageError e) {
                failures.warn(() -> "doorbell " + name + ": its action failed: " + Failures.inOneLine(e));
            }
        };
    }

    private DoorbellHandler handler(DoorbellConfig doorbell) {
        String name = doorbell.name();
        return switch (doorbell.action()) {
            case DoorbellAction.Count ignored -> (rung, count) -> {};
            case DoorbellAction.Java java -> extensions.handler(java, name);
            case DoorbellAction.Log ignored -> log(name);
            case DoorbellAction.Run run -> {
                CommandRunner runner = new CommandRunner(vmName, name, run.command(), warnings);
                resources.push(runner::close);
                yield runner;
            }
            case DoorbellAction.Send send -> {
                SentEventFd sent = SentEventFd.send(name, send.socket());
                resources.push(sent::close);
                yield sent;
            }
            case DoorbellAction.Shutdown ignored ->
                (rung, count) -> end.complete(new VmOutcome.ShutDownByDoorbell(name));
            case DoorbellAction.Pause ignored -> (rung, count) -> pause.send();
        };
    }

    private DoorbellHandler log(String name) {
        WarningLimiter limiter = new WarningLimiter(warnings);
        return (rung, count) -> limiter.warn(() -> line(name, rung, count));
    }

    private static String line(String name, Doorbell rung, long count) {
        DoorbellStatus status = rung.status();
        return Instant.now().truncatedTo(ChronoUnit.MILLIS) + " doorbell " + name + " rang"
                + (count == 1 ? "" : " " + count + " times") + ", "
                + (status.kernelRings() + status.userspaceRings()) + " in all";
    }
}
