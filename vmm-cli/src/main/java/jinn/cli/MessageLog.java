package jinn.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import jinn.error.HostException;
import jinn.vm.TerminalOutput;
import jinn.vm.TerminalOutput.Interjection;

/** Where {@code jinn run} tells what happens to its VM: a file, or the standard error. */
final class MessageLog implements AutoCloseable {

    private final PrintWriter writer;
    private final boolean isFile;

    /** Runs what writes when that disturbs nobody. */
    private final Consumer<Interjection> turn;

    MessageLog(PrintWriter writer, boolean isFile, Consumer<Interjection> turn) {
        this.writer = writer;
        this.isFile = isFile;
        this.turn = turn;
    }

    /**
     * Opens the file, or leaves the messages to {@code err}.
     *
     * @param guest what the guest writes to where {@code err} goes, if it does
     * @throws HostException if the file cannot be written
     */
    static MessageLog open(String vm, Optional<Path> file, PrintWriter err, Optional<TerminalOutput> guest) {
        Consumer<Interjection> atOnce = interjection -> interjection.write(false);
        if (file.isPresent()) {
            Writer log = Channels.newWriter(create(vm, file.get()), StandardCharsets.UTF_8);
            return new MessageLog(new PrintWriter(log, true), true, atOnce);
        }
        return new MessageLog(
                err,
                false,
                guest.<Consumer<Interjection>>map(output -> output::interject).orElse(atOnce));
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

    /**
     * Tells lines together. Where the guest writes to the same place they come between two of its lines, for whose end
     * this waits up to {@linkplain TerminalOutput#interject a second}; a line that does not end is left as it is.
     *
     * @param lineEnd what ends a line
     */
    void tell(List<String> lines, String lineEnd) {
        if (!lines.isEmpty()) {
            turn.accept(lineIsOpen -> {
                writer.print((lineIsOpen ? lineEnd : "") + String.join(lineEnd, lines) + lineEnd);
                writer.flush();
            });
        }
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
