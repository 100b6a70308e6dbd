package jinn.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import jinn.error.HostException;
import jinn.error.SyscallException;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;
import jinn.posix.StreamSocket;

/** Makes the Unix sockets at which programs of the host find a device. */
final class ListeningSocket {

    private ListeningSocket() {}

    /**
     * Makes a socket and listens at it.
     *
     * @param path where; a socket there at which nobody listens any more is replaced
     * @throws HostException if it cannot be made
     */
    static FileDescriptor make(Path path, int backlog) {
        try {
            removeLeftOver(path);
            return StreamSocket.listen(path.toString(), backlog);
        } catch (SyscallException e) {
            String remedy = e.errno() == Errno.EADDRINUSE.number() ? "; remove the file or name another path" : "";
            throw new HostException(e.getMessage() + remedy, e);
        } catch (IOException e) {
            throw new HostException("cannot remove the old socket " + path + ": " + e.getMessage(), e);
        }
    }

    /** A Jinn that was killed leaves its socket behind. Any other file, and a socket in use, stays. */
    private static void removeLeftOver(Path path) throws IOException {
        try {
            StreamSocket.connect(path.toString()).close();
        } catch (SyscallException e) {
            boolean socket = e.errno() == Errno.ECONNREFUSED.number()
                    && Files.readAttributes(path, BasicFileAttributes.class).isOther();
            if (socket) {
                Files.delete(path);
            }
        }
    }
}
