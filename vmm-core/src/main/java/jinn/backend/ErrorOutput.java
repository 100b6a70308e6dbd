package jinn.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import jinn.event.EventLoop;
import jinn.event.Registration;
import jinn.posix.FileDescriptor;

/**
 * The error output of a program that we have started. It is read all the time, so that the program never waits, and the
 * last line is kept to tell why it has ended.
 */
final class ErrorOutput implements AutoCloseable {

    /** More than a line has; of a longer output only the end is kept. */
    private static final int BUFFER_BYTES = 4096;

    private static final int LONGEST_LINE = 200;

    private final Optional<FileDescriptor> descriptor;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);

    /* Loop thread. */
    private Optional<Registration> registration = Optional.empty();
    private String end = "";

    private ErrorOutput(Optional<FileDescriptor> descriptor) {
        this.descriptor = descriptor;
    }

    /** Reads a descriptor from now on, and closes it in the end. */
    static ErrorOutput of(FileDescriptor descriptor, EventLoop loop) {
        ErrorOutput output = new ErrorOutput(Optional.of(descriptor));
        loop.executeAndWait(() -> output.registration = Optional.of(loop.register(descriptor, output::read)));
        return output;
    }

    /** The output of a program that is not ours. */
    static ErrorOutput none() {
        return new ErrorOutput(Optional.empty());
    }

    private void read() {
        long read = descriptor.orElseThrow().read(buffer, BUFFER_BYTES);
        if (read > 0) {
            byte[] bytes = buffer.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE);
            String text = end + new String(bytes, StandardCharsets.UTF_8);
            end = text.substring(Math.max(0, text.length() - BUFFER_BYTES));
        } else if (read == 0) {
            registration.ifPresent(Registration::close);
            registration = Optional.empty();
        }
    }

    /** Returns the last line so far that has text, made fit for a message. Loop thread. */
    Optional<String> lastLine() {
        descriptor.ifPresent(ignored -> read());
        return end.lines()
                .map(line -> line.replaceAll("\\p{Cntrl}", " ").strip())
                .filter(line -> !line.isEmpty())
                .reduce((first, second) -> second)
                .map(line -> line.substring(0, Math.min(line.length(), LONGEST_LINE)));
    }

    @Override
    public void close() {
        registration.ifPresent(Registration::close);
        descriptor.ifPresent(FileDescriptor::close);
    }
}
