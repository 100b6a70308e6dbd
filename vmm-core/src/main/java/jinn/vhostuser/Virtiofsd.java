package jinn.vhostuser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jinn.error.HostException;
import jinn.error.SyscallException;
import jinn.posix.FileDescriptor;
import jinn.posix.StreamSocket;

/**
 * Starts <a href="https://gitlab.com/virtio-fs/virtiofsd">virtiofsd</a> for a directory of the host, anew for every
 * connection: it serves one, and ends with it, so also when Jinn is killed.
 */
public final class Virtiofsd implements Connector, AutoCloseable {

    private static final String PROGRAM = "virtiofsd";

    /** Where distributions put a program that only other programs start. */
    private static final List<Path> DIRECTORIES = List.of(Path.of("/usr/libexec"), Path.of("/usr/lib"));

    private static final int PATIENCE_MS = 10_000;
    private static final int STEP_MS = 20;

    private final Path shared;
    private final Path directory;
    private final Path log;
    private Optional<Process> process = Optional.empty();

    private Virtiofsd(Path shared, Path directory) {
        this.shared = shared;
        this.directory = directory;
        this.log = directory.resolve("virtiofsd.log");
    }

    /** Prepares for a directory; nothing runs yet. */
    public static Virtiofsd of(Path shared) {
        try {
            return new Virtiofsd(shared, Files.createTempDirectory("jinn-fs-"));
        } catch (IOException e) {
            throw new HostException("cannot make a directory for the socket of " + PROGRAM + ": " + e.getMessage(), e);
        }
    }

    @Override
    public FileDescriptor connect() {
        end();
        Path socket = directory.resolve("socket");
        try {
            Files.deleteIfExists(socket);
            Process started = new ProcessBuilder(command(socket))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            process = Optional.of(started);
            return connect(socket, started);
        } catch (IOException e) {
            throw new HostException(
                    "cannot start " + PROGRAM + ": " + e.getMessage() + "; install it with 'apt install virtiofsd'", e);
        }
    }

    /** A process with rights confines itself by chroot(2), another one by a user namespace. */
    private List<String> command(Path socket) {
        boolean root = "root".equals(System.getProperty("user.name"));
        return List.of(
                program(),
                "--socket-path=" + socket,
                "--shared-dir=" + shared,
                "--sandbox=" + (root ? "chroot" : "namespace"),
                "--log-level=warn");
    }

    private static String program() {
        return DIRECTORIES.stream()
                .map(directory -> directory.resolve(PROGRAM))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse(PROGRAM);
    }

    private FileDescriptor connect(Path socket, Process started) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        while (System.nanoTime() < deadline) {
            if (Files.exists(socket)) {
                try {
                    return StreamSocket.connect(socket.toString());
                } catch (SyscallException e) {
                    // Bound, but it does not listen yet.
                }
            }
            if (hasEnded(started)) {
                throw new HostException(PROGRAM + " for " + shared + " has ended: " + lastWords());
            }
        }
        throw new HostException(PROGRAM + " for " + shared + " does not listen within " + PATIENCE_MS + " ms");
    }

    private static boolean hasEnded(Process started) {
        try {
            return started.waitFor(STEP_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private String lastWords() {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> !line.isBlank())
                    .reduce((first, second) -> second)
                    .orElse("it said nothing");
        } catch (IOException e) {
            return "its output cannot be read: " + e.getMessage();
        }
    }

    private void end() {
        process.ifPresent(Process::destroyForcibly);
        process = Optional.empty();
    }

    /** Ends the program and removes its socket. */
    @Override
    public void close() {
        end();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new HostException("cannot remove " + directory + ": " + e.getMessage(), e);
        }
    }
}
