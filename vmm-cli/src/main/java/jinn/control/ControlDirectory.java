package jinn.control;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import jinn.error.HostException;

/**
 * The directory of the control sockets. A VM {@code NAME} has {@code NAME.sock} in it, and {@code NAME.pid} with its
 * process's number.
 *
 * <p>Sockets are made and removed under the lock of the file {@code .lock}, which is held for moments only. So there is
 * no time between "nobody answers at this socket" and "this socket is mine" in which another process could come.
 */
public record ControlDirectory(Path path) {

    private static final String SOCKET_ENDING = ".sock";
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_ONLY_DIRECTORY = PosixFilePermissions.fromString("rwx------");

    /** Connections that may wait to be accepted. */
    private static final int BACKLOG = 64;

    /** One process has one lock, so its threads take turns. */
    private static final Object PROCESS_LOCK = new Object();

    /** Returns {@code $XDG_RUNTIME_DIR/jinn}, or {@code /run/jinn} without that variable. */
    public static ControlDirectory standard(Map<String, String> environment) {
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        return new ControlDirectory(Path.of(runtime.startsWith("/") ? runtime : "/run", "jinn"));
    }

    /**
     * Makes the directory if it is not there, for its owner only.
     *
     * @throws HostException if it cannot be made, this user may not write to it, or others may
     */
    public void prepare() {
        try {
            Files.createDirectories(path.getParent());
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY_DIRECTORY));
            }
            if (!Files.isWritable(path)) {
                throw new HostException("cannot use " + path + " for control sockets: it is another user's"
                        + "; set XDG_RUNTIME_DIR to a directory of yours");
            }
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
            if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new HostException("cannot use " + path + " for control sockets: others may write to it ("
                        + PosixFilePermissions.toString(permissions) + "); make it 'chmod 700'");
            }
        } catch (IOException e) {
            throw new HostException(
                    "cannot make the directory " + path + " for control sockets: " + reason(e)
                            + "; set XDG_RUNTIME_DIR to a directory of yours",
                    e);
        }
    }

    /**
     * Makes the socket of a VM; one that a dead process has left is removed first.
     *
     * @throws HostException if a VM of this name runs, or the socket cannot be made
     */
    public ControlSocket claim(String name) {
        try {
            return locked(() -> {
                refuseRunning(name);
                remove(name);
                return bind(name);
            });
        } catch (IOException e) {
            throw new HostException("cannot make the control socket " + socket(name) + ": " + reason(e), e);
        }
    }

    /**
     * Says early what {@link #claim} will say later.
     *
     * @throws HostException if a VM of this name runs
     */
    public void requireFree(String name) {
        try {
            locked(() -> {
                refuseRunning(name);
                return name;
            });
        } catch (IOException e) {
            throw new HostException("cannot look for VMs in " + path + ": " + reason(e), e);
        }
    }

    private void refuseRunning(String name) {
        if (isAlive(name)) {
            throw new HostException("vm " + name + ": cannot run: a VM of this name runs already" + pidText(name)
                    + "; stop it with 'jinn stop " + name + "', or give this one another name");
        }
    }

    private ControlSocket bind(String name) throws IOException {
        Files.writeString(pidFile(name), ProcessHandle.current().pid() + "\n");
        Files.setPosixFilePermissions(pidFile(name), OWNER_ONLY);
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(socket(name)), BACKLOG);
            Files.setPosixFilePermissions(socket(name), OWNER_ONLY);
            return new ControlSocket(this, name, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            remove(name);
            throw e;
        }
    }

    /** Closes the socket of a VM and removes its files. */
    void release(String name, ServerSocketChannel channel) {
        try {
            locked(() -> {
                channel.close();
                remove(name);
                return name;
            });
        } catch (IOException e) {
            throw new HostException("cannot remove the control socket " + socket(name) + ": " + reason(e), e);
        }
    }

    /** Returns the names of the VMs that run, in alphabetical order. What dead processes have left is removed. */
    public List<String> names() {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try {
            return locked(() -> {
                List<String> found = socketNames();
                for (String name : found) {
                    if (!isAlive(name)) {
                        remove(name);
                    }
                }
                return found.stream().filter(name -> Files.exists(socket(name))).toList();
            });
        } catch (IOException e) {
            throw new HostException("cannot look for VMs in " + path + ": " + reason(e), e);
        }
    }

    private List<String> socketNames() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SOCKET_ENDING))
                    .map(name -> name.substring(0, name.length() - SOCKET_ENDING.length()))
                    .sorted()
                    .toList();
        }
    }

    Path socket(String name) {
        return path.resolve(name + SOCKET_ENDING);
    }

    /** Returns where the messages of a VM go that nobody sits before. */
    public Path log(String name) {
        return path.resolve(name + ".log");
    }

    private Path pidFile(String name) {
        return path.resolve(name + ".pid");
    }

    /** Returns the process that has made the VM's socket, if it is known. */
    public OptionalLong pid(String name) {
        try {
            return OptionalLong.of(
                    Long.parseLong(Files.readString(pidFile(name)).strip()));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private String pidText(String name) {
        OptionalLong pid = pid(name);
        return pid.isPresent() ? " (process " + pid.getAsLong() + ")" : "";
    }

    private void remove(String name) throws IOException {
        Files.deleteIfExists(socket(name));
        Files.deleteIfExists(pidFile(name));
    }

    /**
     * Returns whether a process listens at the socket. The kernel closes a listening socket with its process; connecting
     * to what is left is refused. Whatever else goes wrong says nothing, so the socket counts as alive.
     */
    private boolean isAlive(String name) {
        if (!Files.exists(socket(name), LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(socket(name)));
            return true;
        } catch (ConnectException e) {
            return !String.valueOf(e.getMessage()).startsWith("Connection refused");
        } catch (IOException e) {
            return true;
        }
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> T locked(Work<T> work) throws IOException {
        synchronized (PROCESS_LOCK) {
            Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try (FileChannel file = FileChannel.open(
                            path.resolve(".lock"), options, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
                    FileLock lock = file.lock()) {
                assert lock.isValid();
                return work.run();
            }
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException missing -> "no such directory";
            default -> Optional.ofNullable(e.getMessage()).orElse(e.toString());
        };
    }
}
