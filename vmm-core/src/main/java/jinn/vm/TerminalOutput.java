package jinn.vm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;

/**
 * The guest's output, byte for byte, to one descriptor.
 *
 * <p>Several consoles on several threads may write; each call's bytes stay together. A call blocks while the reader does
 * not keep up, and with it the guest.
 */
final class TerminalOutput {

    private static final int BUFFER_BYTES = 4096;

    private final FileDescriptor fd;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);

    TerminalOutput(FileDescriptor fd) {
        this.fd = fd;
    }

    synchronized void write(byte value) {
        buffer.set(ValueLayout.JAVA_BYTE, 0, value);
        flush(1);
    }

    synchronized void write(byte[] bytes, int offset, int length) {
        int done = 0;
        while (done < length) {
            int part = Math.min(length - done, BUFFER_BYTES);
            MemorySegment.copy(bytes, offset + done, buffer, ValueLayout.JAVA_BYTE, 0, part);
            flush(part);
            done += part;
        }
    }

    private void flush(int length) {
        long done = 0;
        while (done < length) {
            MemorySegment rest = done == 0 ? buffer : buffer.asSlice(done);
            long written = fd.write(rest, length - done);
            if (written >= 0) {
                done += written;
            } else if (written == -Errno.EAGAIN.number()) {
                // Somebody who shares the open file made it non-blocking.
                fd.awaitWritable();
            } else if (written != -Errno.EINTR.number()) {
                throw Errno.exception("cannot write the guest's output to " + fd, (int) -written);
            }
        }
    }
}
