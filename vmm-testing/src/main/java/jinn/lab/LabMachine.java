package jinn.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A lab machine that boots: its console, its keyboard, its end. */
public interface LabMachine extends AutoCloseable {

    /** For a boot on a machine that others use too, and for the wait for other machines to end. */
    Duration PATIENCE = Duration.ofMinutes(20);

    /** Returns the machine's console. It stays when the machine has ended. */
    Console console();

    /**
     * Sends the bytes to whoever reads the console: the guest, when {@code jinn} has the terminal.
     *
     * @throws IOException if the machine does not run
     */
    void send(byte[] bytes) throws IOException;

    /** Types the line and the return key. */
    default void type(String line) throws IOException {
        send((line + "\r").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Waits for the end of the machine.
     *
     * @return the exit code of its command: that of {@code jinn run}; 124 and 125 as in {@code docs/ci.md}
     * @throws AssertionError with the whole console, if it has not ended within the time
     */
    int awaitEnd(Duration limit) throws InterruptedException;

    /** Waits for the end for at most {@link #PATIENCE}. */
    default int awaitEnd() throws InterruptedException {
        return awaitEnd(PATIENCE);
    }

    /** Waits for the text for at most {@link #PATIENCE}: {@link Console#await}. */
    default void await(String text) throws InterruptedException {
        console().await(text, PATIENCE);
    }

    /** Waits for rings for at most {@link #PATIENCE}: {@link Console#awaitDoorbell}. */
    default long awaitDoorbell(String name, long rings) throws InterruptedException {
        return console().awaitDoorbell(name, rings, PATIENCE);
    }

    /** Waits for the state for at most {@link #PATIENCE}: {@link Console#awaitState}. */
    default void awaitState(VmState state) throws InterruptedException {
        console().awaitState(state, PATIENCE);
    }

    /**
     * Returns what became of the VM; it has to have ended.
     *
     * @throws AssertionError with the whole console, if nothing was reported, because no VM came to run
     */
    default VmReport report() {
        return console()
                .report()
                .orElseThrow(() -> new AssertionError("the machine has reported no VM; the console:\n"
                        + console().text()));
    }

    /** Ends the machine, if it still runs. */
    @Override
    void close();
}
