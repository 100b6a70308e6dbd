package jinn.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jinn.error.HostException;
import jinn.vm.Daemon;

/**
 * {@code jinn run --detach}: the same command again in a process of its own session.
 *
 * <p>The two agree by an environment variable, which names the log, and the new process's standard output: the line
 * {@value #READY} says that the VM is there. Until then what the new process has to say goes to the caller's standard
 * error, and its exit code becomes the caller's; from then on all of it goes to the log.
 */
final class Detachment {

    /** Set in the new process only. */
    static final String LOG_VARIABLE = "JINN_DETACHED_LOG";

    private static final String READY = "ready";

    private final Optional<Path> log;

    private Detachment(Optional<Path> log) {
        this.log = log;
    }

    /** Returns what this process is: the new one, with a log, or any other. */
    static Detachment ofThisProcess() {
        return new Detachment(Optional.ofNullable(System.getenv(LOG_VARIABLE)).map(Path::of));
    }

    /** Returns whether this is the new process. */
    boolean isDetached() {
        return log.isPresent();
    }

    /** Leaves the caller's session and terminal. In the new process only. */
    void leaveSession() {
        Daemon.leaveSession();
    }

    /** Lets the caller go. In the new process, when the VM is there. */
    void ready() {
        System.out.println(READY);
        System.out.flush();
        Daemon.redirectOutput(log.orElseThrow());
    }

    /**
     * Starts the new process and waits until its VM is there.
     *
     * @param log where its messages go; an old one is replaced
     * @return the process, or its exit code when it has failed, after it has said why
     */
    static Result start(String vm, Path log) {
        Process process = launch(vm, log);
        Thread kill = new Thread(process::destroy, "end-detached");
        Runtime.getRuntime().addShutdownHook(kill);
        try {
            String said = process.inputReader(StandardCharsets.UTF_8).readLine();
            if (READY.equals(said)) {
                return new Result.Running(process.pid());
            }
            return new Result.Failed(process.waitFor());
        } catch (IOException e) {
            throw new HostException("vm " + vm + ": cannot hear from its process: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostException("vm " + vm + ": interrupted while its process started", e);
        } finally {
            forget(kill);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The user has ended this process, and the hook the other one.
            return;
        }
    }

    /** What became of the new process. */
    sealed interface Result {

        /** Its VM is there. */
        record Running(long pid) implements Result {}

        /** It has said why. */
        record Failed(int exitCode) implements Result {}
    }

    private static Process launch(String vm, Path log) {
        try {
            MessageLog.create(vm, log).close();
        } catch (IOException e) {
            throw new HostException("vm " + vm + ": cannot make its log " + log + ": " + e.getMessage(), e);
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(ownCommand())
                    .redirectInput(new File("/dev/null"))
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put(LOG_VARIABLE, log.toAbsolutePath().toString());
            return builder.start();
        } catch (IOException e) {
            throw new HostException("vm " + vm + ": cannot start a process of its own: " + e.getMessage(), e);
        }
    }

    /** Returns this process's command line, the program by its absolute path. */
    private static List<String> ownCommand() throws IOException {
        String words = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8);
        List<String> command = new ArrayList<>(List.of(words.split("\0", -1)));
        command.removeLast();
        command.set(0, Path.of("/proc/self/exe").toRealPath().toString());
        return command;
    }
}
