package jinn.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A lab machine by a clone's own scripts, {@code lab/run} and {@code lab/boot}, where there is no container engine. */
public final class LabProcess implements LabMachine {

    private final Console console = new Console();
    private final Process process;

    private LabProcess(Process process) {
        this.process = process;
        Thread.ofPlatform().daemon().name("lab-console").start(this::readAll);
        LabConsoles.started(console);
    }

    /**
     * Starts the machine.
     *
     * @param clone the directory of the clone, where {@code make image} has been run
     * @param variables of the script: {@code docs/lab.md} lists them
     * @param command the script and its arguments, the script relative to the clone
     */
    public static LabProcess start(Path clone, Map<String, String> variables, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.command().set(0, clone.resolve(command.get(0)).toString());
        builder.environment().put("LAB_REPORT", "1");
        builder.environment().putAll(variables);
        return new LabProcess(
                builder.directory(clone.toFile()).redirectErrorStream(true).start());
    }

    @Override
    public Console console() {
        return console;
    }

    @Override
    public void send(byte[] bytes) throws IOException {
        process.getOutputStream().write(bytes);
        process.getOutputStream().flush();
    }

    @Override
    public int awaitEnd(Duration limit) throws InterruptedException {
        console.awaitEnd(limit);
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the machine does not end; the console:\n" + console.text());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    private void readAll() {
        byte[] buffer = new byte[4096];
        try (InputStream in = process.getInputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                console.append(Arrays.copyOf(buffer, n));
            }
        } catch (IOException e) {
            console.append("\n(the console cannot be read any more: " + e.getMessage() + ")\n");
        } finally {
            console.end();
        }
    }
}
