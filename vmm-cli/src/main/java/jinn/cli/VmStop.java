package jinn.cli;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jinn.control.ControlClient;
import jinn.control.ControlClient.Reply;
import jinn.control.ControlDirectory;
import jinn.error.HostException;

/**
 * The end of a running VM: its guest is asked by the power button; if that does not help, the VM is ended; if it does not
 * end, its process is killed.
 */
final class VmStop {

    /** How long a VM may take to release what it has. */
    private static final Duration RELEASE_PATIENCE = Duration.ofSeconds(10);

    /** How long the kernel may take to end a killed process. */
    private static final long KILL_SECONDS = 5;

    /** What ended the VM; the names of the JSON are these in lower case, with hyphens. */
    enum Means {
        /** The guest powered off after the power button was pressed. */
        POWER_BUTTON,
        /** The VM ended in another way of its own, before or after the button. */
        ITSELF,
        /** Jinn ended it. */
        STOP,
        /** Its process was killed. */
        KILL
    }

    /** How the VM ended, in words without its name. */
    record Result(Means means, String text) {}

    private final String name;
    private final ControlClient client;
    private final OptionalLong pid;

    /** What the VM said of its end, if it did: the outcome's name and the message of the event {@code ended}. */
    private Optional<Map<?, ?>> ended = Optional.empty();

    private VmStop(String name, ControlClient client, OptionalLong pid) {
        this.name = name;
        this.client = client;
        this.pid = pid;
    }

    /**
     * Ends a VM, whatever it takes.
     *
     * @param patience how long its guest may take to power off; zero not to ask it
     * @throws HostException if no such VM runs, or its process cannot be killed
     */
    static Result of(ControlDirectory directory, String name, Duration patience) {
        try (ControlClient client = ControlClient.connect(directory, name)) {
            // Read while the connection is open: its other end is the process, so the number is not another's yet.
            Result result = new VmStop(name, client, directory.pid(name)).stop(patience);
            // What a killed process has left goes now, not when somebody looks.
            directory.names();
            return result;
        }
    }

    private Result stop(Duration patience) {
        Reply hello = client.nextLine(ControlClient.PATIENCE);
        return switch (hello) {
            case Reply.Line line -> {
                client.greet(line);
                client.send("events");
                yield patience.isZero() ? end("as asked, without the power button") : askGuest(patience);
            }
            case Reply.Ended gone -> byItself();
            case Reply.Late late -> kill("because it did not answer");
        };
    }

    private Result askGuest(Duration patience) {
        client.send("power-button");
        return switch (answerToButton()) {
            case "pressed" -> awaitPowerOff(patience);
            case "ended" -> awaitRelease() ? byItself() : kill("because it did not end");
            case "late" -> end("because it did not answer to the power button");
            case "no-driver" -> end("because the guest has no driver for the power button");
            case "paused" -> end("because it was paused, so the guest could not hear of the power button");
            default -> end("because the jinn that runs it has no power button");
        };
    }

    /** Returns what the answer to the second request says of the button; the VM's end is an answer too. */
    private String answerToButton() {
        int answers = 0;
        long deadline = System.nanoTime() + ControlClient.PATIENCE.toNanos();
        Reply reply = client.nextLine(left(deadline));
        while (reply instanceof Reply.Line(String text)) {
            Map<?, ?> message = note(text);
            answers += message.containsKey("ok") ? 1 : 0;
            if (answers == 2) {
                return String.valueOf(message.get("button"));
            }
            reply = client.nextLine(left(deadline));
        }
        return reply instanceof Reply.Ended || ended.isPresent() ? "ended" : "late";
    }

    private Result awaitPowerOff(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        Reply reply = client.nextLine(left(deadline));
        while (reply instanceof Reply.Line(String text)) {
            note(text);
            reply = ended.isPresent() ? new Reply.Ended() : client.nextLine(left(deadline));
        }
        if (reply instanceof Reply.Late) {
            return end("because the guest did not power off within " + patience.toSeconds() + " s of the power button");
        }
        if (!awaitRelease()) {
            return kill("because it did not end after its guest had powered off");
        }
        return outcome().equals("powered-off")
                ? new Result(Means.POWER_BUTTON, "powered off after the power button")
                : new Result(Means.ITSELF, "ended after the power button: " + message());
    }

    private Result end(String reason) {
        client.send("stop");
        if (!awaitRelease()) {
            return kill("because it did not end when it was stopped");
        }
        // Without a word of it, nothing but the request can have been the reason.
        return ended.isEmpty() || outcome().equals("stopped")
                ? new Result(Means.STOP, "stopped, " + reason)
                : byItself();
    }

    private Result byItself() {
        return new Result(Means.ITSELF, "ended by itself: " + message());
    }

    /** Returns whether the VM has ended the connection, and so has released everything, in time. */
    private boolean awaitRelease() {
        long deadline = System.nanoTime() + RELEASE_PATIENCE.toNanos();
        Reply reply = client.nextLine(left(deadline));
        while (reply instanceof Reply.Line(String text)) {
            note(text);
            reply = client.nextLine(left(deadline));
        }
        return reply instanceof Reply.Ended;
    }

    private Map<?, ?> note(String text) {
        Map<?, ?> message = client.parse(text);
        if ("ended".equals(message.get("event"))) {
            ended = Optional.of(message);
        }
        return message;
    }

    private String outcome() {
        return ended.map(event -> String.valueOf(event.get("outcome"))).orElse("");
    }

    private String message() {
        return ended.map(event -> String.valueOf(event.get("message"))).orElse("its process did not say how");
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    private Result kill(String reason) {
        ProcessHandle process = pid.stream()
                .boxed()
                .flatMap(number -> ProcessHandle.of(number).stream())
                .findFirst()
                .orElseThrow(() -> new HostException("vm " + name
                        + ": did not end in time, and its process is not known; find and kill it by hand"));
        process.destroyForcibly();
        try {
            process.onExit().get(KILL_SECONDS, TimeUnit.SECONDS);
            return new Result(Means.KILL, "killed, " + reason);
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
}
