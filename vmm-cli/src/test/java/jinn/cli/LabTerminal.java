package jinn.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;

/** A person at the lab's console: {@code lab/run} with a config, keys to type and text to wait for. */
final class LabTerminal implements AutoCloseable {

    /** An emulated machine on a shared one: most of it is the wait for other lab machines to end. */
    private static final long PATIENCE_SECONDS = 900;

    private final Process process;
    private final StringBuilder shown = new StringBuilder();
    private int read;

    private LabTerminal(Process process) {
        this.process = process;
    }

    static LabTerminal run(String config, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(LabBoot.PROJECT.resolve("lab/run").toString());
        command.add(config);
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .directory(LabBoot.PROJECT.toFile())
                .redirectErrorStream(true)
                .start();
        LabTerminal terminal = new LabTerminal(process);
        Thread.ofPlatform().daemon().name("lab-terminal").start(terminal::readAll);
        return terminal;
    }

    /** Types the line and the return key. */
    void type(String line) throws IOException {
        process.getOutputStream().write((line + "\r").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Waits for the text, which must come after the one waited for before. */
    synchronized void await(String text) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        int found = shown.indexOf(text, read);
        while (found < 0) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (leftMs <= 0 || !process.isAlive()) {
                Assertions.fail("waited in vain for \"" + text + "\" after:\n" + shown);
            }
            wait(Math.min(leftMs, 1000));
            found = shown.indexOf(text, read);
        }
        read = found + text.length();
    }

    /** Waits for the end and returns the exit code. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            Assertions.fail("the machine did not end after:\n" + text());
        }
        return process.exitValue();
    }

    synchronized String text() {
        return shown.toString();
    }

    /** Ends the machine, if it still runs. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    private void readAll() {
        byte[] buffer = new byte[4096];
        try (InputStream in = process.getInputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            append("\n(the console cannot be read any more: " + e.getMessage() + ")\n");
        }
    }

    private synchronized void append(String text) {
        shown.append(text);
        notifyAll();
    }
}
