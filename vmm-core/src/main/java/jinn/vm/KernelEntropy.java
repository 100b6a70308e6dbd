package jinn.vm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jinn.posix.Random;
import jinn.virtio.device.EntropySource;

/** Random bytes of the host's kernel. For one thread. */
final class KernelEntropy implements EntropySource {

    /** The kernel gives up to 256 bytes without looking for signals. */
    private static final int BUFFER_BYTES = 256;

    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);

    @Override
    public void fill(byte[] bytes, int offset, int length) {
        int done = 0;
        while (done < length) {
            int part = Math.min(length - done, BUFFER_BYTES);
            Random.fill(buffer);
            MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, offset + done, part);
            done += part;
        }
    }
}
