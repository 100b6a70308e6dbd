package jinn.hypervisor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.function.Consumer;
import java.util.function.Supplier;
import jinn.posix.Errno;
import jinn.posix.FileDescriptor;

/** An ioctl that takes a structure. A signal does not end it: it is made again. */
final class StructIoctl {

    private StructIoctl() {}

    /**
     * Makes the call.
     *
     * @param struct what the kernel reads and, if it does, writes
     * @param operation what is being done, on what, for the message: {@code vm web: cannot ...}
     * @throws jinn.error.SyscallException when the kernel refuses
     */
    static void call(FileDescriptor fd, long request, MemorySegment struct, Supplier<String> operation) {
        int result;
        do {
            result = fd.ioctl(request, struct);
        } while (result == -Errno.EINTR.number());
        if (result < 0) {
            throw Errno.exception(operation.get(), -result);
        }
    }

    /** Makes the call with a structure of its own, which {@code fill} gets zeroed. */
    static void call(
            FileDescriptor fd,
            long request,
            StructLayout layout,
            Consumer<MemorySegment> fill,
            Supplier<String> operation) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment struct = arena.allocate(layout);
            fill.accept(struct);
            call(fd, request, struct, operation);
        }
    }
}
