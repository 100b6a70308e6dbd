package jinn.lab;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a lab machine has written to its console, from its first line on: the hypervisor, the host, {@code jinn} and the
 * guest, one after the other.
 *
 * <p>Thread-safe: one thread appends, any may wait. Line ends are single line feeds.
 */
public final class Console {

    private static final String RUNNING = "lab: the VM runs\n";
    private static final Pattern ENDED = Pattern.compile("(?m)^lab: exit \\d+$");
    private static final Pattern REPORT = Pattern.compile("(?m)^lab: report (.*)\n");

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);

    /** The beginning of a character. */
    private ByteBuffer undecoded = ByteBuffer.allocate(0);

    private final StringBuilder shown = new StringBuilder();

    /** Where the text begins that {@link #await} has not passed yet. */
    private int unread;

    private boolean ended;

    /** Appends what the machine has written in UTF-8; a character may come in two pieces. */
    synchronized void append(byte[] bytes) {
        ByteBuffer in = ByteBuffer.allocate(undecoded.remaining() + bytes.length);
        in.put(undecoded).put(bytes).flip();
        CharBuffer out = CharBuffer.allocate(in.remaining());
        decoder.decode(in, out, false);
        undecoded = in;
        append(out.flip().toString());
    }

    /** Appends a text. */
    synchronized void append(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != '\r') {
                shown.append(text.charAt(i));
            }
        }
        notifyAll();
    }

    /** Says that no more text will come. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Returns all text so far. */
    public synchronized String text() {
        return shown.toString();
    }

    /**
     * Waits for the text. It must come after the one that was waited for before, so that a shell's prompt can be awaited
     * again and again.
     *
     * @throws AssertionError with the whole console, if the text has not come within the time or cannot come any more
     */
    public synchronized void await(String text, Duration limit) throws InterruptedException {
        awaitCondition('"' + text + '"', limit, () -> shown.indexOf(text, unread) >= 0);
        unread = shown.indexOf(text, unread) + text.length();
    }

    /**
     * Waits for a match anywhere in the console, also before what {@link #await} has waited for.
     *
     * @throws AssertionError with the whole console, if none has come within the time or can come any more
     */
    public synchronized MatchResult awaitMatch(Pattern pattern, Duration limit) throws InterruptedException {
        Matcher matcher = pattern.matcher(shown);
        awaitCondition(pattern.pattern(), limit, () -> matcher.reset().find());
        return matcher.toMatchResult();
    }

    /**
     * Waits until the doorbell has rung at least so often. {@code jinn run} tells rings unless it is {@code --quiet}.
     *
     * @return how often it has rung
     * @throws AssertionError with the whole console, if it has not within the time or cannot any more
     */
    public synchronized long awaitDoorbell(String name, long rings, Duration limit) throws InterruptedException {
        // What the guest has written of its line stands before it: a prompt, or a question for the cursor's place.
        Pattern ring = Pattern.compile("(?m)doorbell " + Pattern.quote(name) + ": (\\d+) \\(\\w+\\)$");
        awaitCondition(rings + " rings of the doorbell " + name, limit, () -> last(ring) >= rings);
        return last(ring);
    }

    /**
     * Waits until the VM is in the state or has left it.
     *
     * @throws AssertionError with the whole console, if it is not within the time or cannot be any more
     */
    public synchronized void awaitState(VmState state, Duration limit) throws InterruptedException {
        awaitCondition("the state " + state, limit, () -> state().compareTo(state) >= 0);
    }

    /** Waits until the machine writes no more. */
    synchronized void awaitEnd(Duration limit) throws InterruptedException {
        awaitCondition("the end of the console", limit, () -> ended);
    }

    /** Returns how far the VM is. */
    public synchronized VmState state() {
        if (ended || ENDED.matcher(shown).find()) {
            return VmState.ENDED;
        }
        return shown.indexOf(RUNNING) >= 0 ? VmState.RUNNING : VmState.STARTING;
    }

    /** Returns what became of the VM, as soon as that is known; only of a machine that was asked for it. */
    public synchronized Optional<VmReport> report() {
        Matcher matcher = REPORT.matcher(shown);
        return matcher.find() ? Optional.of(VmReport.parse(matcher.group(1))) : Optional.empty();
    }

    /** Returns the number that the pattern's last match has, 0 without a match. */
    private long last(Pattern pattern) {
        Matcher matcher = pattern.matcher(shown);
        OptionalLong number = matcher.results()
                .mapToLong(match -> Long.parseLong(match.group(1)))
                .max();
        return number.orElse(0);
    }

    private interface Condition {
        boolean holds();
    }

    private void awaitCondition(String what, Duration limit, Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            long leftMs = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (ended || leftMs <= 0) {
                String reason = ended ? "the machine has ended" : limit.toSeconds() + " s have passed";
                throw new AssertionError("waited in vain for " + what + ", " + reason + "; the console:\n" + shown);
            }
            wait(leftMs);
        }
    }
}
