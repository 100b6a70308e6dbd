package jinn.cli;

import java.io.IOException;
import jinn.lab.LabMachine;

/** A person at the lab's console: a machine that runs a config, keys to type and text to wait for. */
final class LabTerminal implements AutoCloseable {

    private final LabMachine machine;

    private LabTerminal(LabMachine machine) {
        this.machine = machine;
    }

    static LabTerminal run(String config, String... options) throws IOException {
        return new LabTerminal(Lab.run(config, options));
    }

    /** Types the line and the return key. */
    void type(String line) throws IOException {
        machine.type(line);
    }

    /** Presses the key that {@code jinn} keeps for itself: Ctrl-]. */
    void pressEscape() throws IOException {
        machine.send(new byte[] {0x1d});
    }

    /** Waits for the text, which must come after the one waited for before. */
    void await(String text) throws InterruptedException {
        machine.await(text);
    }

    /** Waits for the end and returns the exit code. */
    int awaitEnd() throws InterruptedException {
        return machine.awaitEnd();
    }

    String text() {
        return machine.console().text();
    }

    /** Ends the machine, if it still runs. */
    @Override
    public void close() {
        machine.close();
    }
}
