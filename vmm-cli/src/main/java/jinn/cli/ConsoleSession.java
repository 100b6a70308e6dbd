package jinn.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import jinn.control.ControlClient;
import jinn.control.ControlClient.Reply;
import jinn.error.HostException;

/**
 * One attachment to a VM's consoles: what they write goes to a stream, what comes from another stream is typed.
 *
 * <p>At most one piece of input is on its way at a time, and none while the guest has no room, so that a reader of input
 * that is faster than the guest is held up and nothing is lost.
 */
final class ConsoleSession {

    /** How an attachment ends. */
    sealed interface End {

        /** By the user. */
        record Detached() implements End {}

        /** By the VM. */
        record Closed(String message) implements End {}
    }

    private static final Duration FOR_EVER = Duration.ofDays(365);
    private static final int ESCAPE = 0x1d;
    private static final int INPUT_BYTES = 2048;

    /** Of requests that are not for what is typed. */
    private static final String SIZE_ID = "size";

    private record Size(int columns, int rows) {}

    private final String vm;
    private final ControlClient client;
    private final PrintStream out;
    private final boolean raw;
    private final Consumer<String> messages;

    /* What the thread below has read; guarded by this object's lock. */
    private byte[] typed = new byte[0];
    private boolean detaching;

    /* What the guest has not been told of yet, and whether it is told; guarded by this object's lock. */
    private Optional<Size> newSize = Optional.empty();

    private boolean telling;

    /* Of the session's thread. */
    private byte[] onItsWay = new byte[0];
    private boolean awaitsRoom;
    private String ending = "ended";

    /**
     * Makes a session of a client that has been greeted.
     *
     * @param raw whether the input is a terminal in raw mode: then it has an escape key, and its end ends the session
     * @param messages gets lines for the user
     */
    ConsoleSession(String vm, ControlClient client, PrintStream out, boolean raw, Consumer<String> messages) {
        this.vm = vm;
        this.client = client;
        this.out = out;
        this.raw = raw;
        this.messages = messages;
    }

    /** The user's terminal has this size now: the guest is told while the session runs. Any thread. */
    synchronized void resized(int columns, int rows) {
        newSize = Optional.of(new Size(columns, rows));
        // Before, a wake-up would be taken for a VM that is late to answer.
        if (telling) {
            client.wakeUp();
        }
    }

    /** Runs until the user detaches or the VM ends. Without {@code in} nothing is typed. */
    End run(InputStream in) {
        Map<?, ?> answer = client.ask("console")
                .orElseThrow(() -> new HostException("vm " + vm + ": ended before it answered"))
                .object();
        boolean takesInput = Boolean.TRUE.equals(answer.get("input"));
        if (in != null && takesInput) {
            Thread reader = new Thread(() -> read(in), "console-input");
            reader.setDaemon(true);
            reader.start();
        } else if (in != null) {
            messages.accept("vm " + vm + ": no console of this VM takes input; this only watches");
        }
        if (takesInput) {
            sendSize();
        }
        Reply reply = client.nextLine(FOR_EVER);
        while (!(reply instanceof Reply.Ended) && !out.checkError()) {
            if (reply instanceof Reply.Line(String text)) {
                take(client.parse(text));
            }
            if (takesInput) {
                sendSize();
            }
            sendTyped();
            if (isDetached()) {
                return new End.Detached();
            }
            reply = client.nextLine(FOR_EVER);
        }
        return new End.Closed(ending);
    }

    private void take(Map<?, ?> line) {
        // An answer is no event.
        switch (String.valueOf(line.get("event"))) {
            case "output" -> show(line);
            case "ended" -> ending = String.valueOf(line.get("message"));
            case "input-room" -> awaitsRoom = false;
            case "null" -> answered(line);
            default -> {}
        }
    }

    private void show(Map<?, ?> event) {
        if (event.get("lost") instanceof BigInteger lost) {
            messages.accept("vm " + vm + ": " + lost + " bytes of output were not read in time");
        }
        byte[] bytes = Base64.getDecoder().decode(String.valueOf(event.get("data")));
        out.write(bytes, 0, bytes.length);
        out.flush();
    }

    /* A Jinn that cannot be told sizes refuses them; that is no reason to leave. */
    private void answered(Map<?, ?> answer) {
        if (!SIZE_ID.equals(answer.get("id"))) {
            taken(answer);
        }
    }

    private void sendSize() {
        Optional<Size> size;
        synchronized (this) {
            telling = true;
            size = newSize;
            newSize = Optional.empty();
        }
        size.ifPresent(known -> client.resize(SIZE_ID, known.columns(), known.rows()));
    }

    private void taken(Map<?, ?> answer) {
        int count = answer.get("taken") instanceof BigInteger number ? number.intValue() : onItsWay.length;
        awaitsRoom = count < onItsWay.length;
        byte[] rest = Arrays.copyOfRange(onItsWay, count, onItsWay.length);
        onItsWay = new byte[0];
        synchronized (this) {
            typed = join(rest, typed, typed.length);
            notifyAll();
        }
    }

    private void sendTyped() {
        if (onItsWay.length > 0 || awaitsRoom) {
            return;
        }
        synchronized (this) {
            int length = Math.min(typed.length, INPUT_BYTES);
            onItsWay = Arrays.copyOf(typed, length);
            typed = Arrays.copyOfRange(typed, length, typed.length);
            notifyAll();
        }
        if (onItsWay.length > 0) {
            client.type(onItsWay);
        }
    }

    /* A guest that takes nothing must not keep the user: what was typed last may then be lost. */
    private synchronized boolean isDetached() {
        return detaching && (awaitsRoom || typed.length + onItsWay.length == 0);
    }

    private void read(InputStream in) {
        byte[] buffer = new byte[INPUT_BYTES];
        try {
            int count = in.read(buffer);
            while (count >= 0 && accept(buffer, count)) {
                count = in.read(buffer);
            }
        } catch (IOException e) {
            messages.accept("vm " + vm + ": cannot read the input: " + e.getMessage());
        }
        if (raw) {
            detach();
        }
    }

    /** Takes what was read, waiting for room unless there is an escape key. Returns whether to read on. */
    private boolean accept(byte[] buffer, int count) {
        int length = 0;
        while (length < count && !(raw && buffer[length] == ESCAPE)) {
            length++;
        }
        synchronized (this) {
            typed = join(typed, buffer, length);
            client.wakeUp();
            while (!raw && typed.length > INPUT_BYTES) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    return false;
                }
            }
        }
        return length == count;
    }

    private synchronized void detach() {
        detaching = true;
        client.wakeUp();
    }

    private static byte[] join(byte[] first, byte[] second, int secondLength) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.write(first, 0, first.length);
        joined.write(second, 0, secondLength);
        return joined.toByteArray();
    }
}
