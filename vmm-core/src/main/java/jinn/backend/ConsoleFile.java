package jinn.backend;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import jinn.error.HostException;
import jinn.virtio.console.PortEnd;

/** A file that keeps what the guest writes to a console's port. The guest reads nothing from it. */
public final class ConsoleFile implements PortEnd, AutoCloseable {

    private final Path path;
    private final FileChannel file;
    private final Consumer<String> warnings;
    private boolean failed;

    private ConsoleFile(Path path, FileChannel file, Consumer<String> warnings) {
        this.path = path;
        this.file = file;
        this.warnings = warnings;
    }

    /**
     * Makes the file, or empties the one that is there.
     *
     * @param warnings gets one line for the user when it can be written no longer
     * @throws HostException if it cannot be made
     */
    public static ConsoleFile create(Path path, Consumer<String> warnings) {
        try {
            FileChannel file = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
            return new ConsoleFile(path, file, warnings);
        } catch (IOException e) {
            throw new HostException("cannot make the file " + path + ": " + reason(e), e);
        }
    }

    /** Some failures have the path as their message. */
    private static String reason(IOException failure) {
        return failure.getClass().getSimpleName() + ": " + failure.getMessage();
    }

    /* What cannot be written is lost, or the guest would wait for a file that is full for ever. */
    @Override
    public int write(byte[] bytes, int offset, int length) {
        try {
            ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
            while (rest.hasRemaining()) {
                file.write(rest);
            }
            failed = false;
        } catch (IOException e) {
            if (!failed) {
                failed = true;
                warnings.accept("cannot write to " + path + ": " + reason(e) + "; what the guest writes is lost");
            }
        }
        return length;
    }

    @Override
    public void inputSpace() {}

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new HostException("cannot close " + path + ": " + reason(e), e);
        }
    }
}
