package jinn.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import jinn.error.HostException;

/** Where {@code jinn run} tells what happens to its VM: a file, or the standard error. */
final class MessageLog implements AutoCloseable {

    private final PrintWriter writer;
    private final boolean isFile;

    private MessageLog(PrintWriter writer, boolean isFile) {
        this.writer = writer;
        this.isFile = isFile;
    }

    /**
     * Opens the file, or leaves the messages to {@code err}.
     *
     * @throws HostException if the file cannot be written
     */
    static MessageLog open(String vm, Optional<Path> file, PrintWriter err) {
        return file.map(path -> new MessageLog(
                        new PrintWriter(Channels.newWriter(create(vm, path), StandardCharsets.UTF_8), true), true))
                .orElseGet(() -> new MessageLog(err, false));
    }

    /** Opens a VM's log: an empty file, for this user only when it is new. It may be a device, as {@code /dev/null}. */
    static SeekableByteChannel create(String vm, Path file) {
        try {
            return Files.newByteChannel(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (NoSuchFileException e) {
            throw new HostException("vm " + vm + ": cannot make its log " + file + ": no such directory", e);
        } catch (IOException e) {
            throw new HostException("vm " + vm + ": cannot make its log " + file + ": " + e.getMessage(), e);
        }
    }

    PrintWriter writer() {
        return writer;
    }

    boolean isFile() {
        return isFile;
    }

    /** Closes the file; the standard error stays open. */
    @Override
    public void close() {
        if (isFile) {
            writer.close();
        }
    }
}
