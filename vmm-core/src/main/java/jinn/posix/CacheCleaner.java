package jinn.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Writes dirty lines of the data caches to memory (arm64: the point of coherency), for readers that go past the caches: a
 * guest reads a page that it takes for registers as device memory.
 *
 * <p>Programs may do that themselves (Linux sets SCTLR_EL1.UCI), but libc has no function for it, so these six
 * instructions are a function of Jinn's own. On other processors, where no guest can run, there is nothing to do. Any
 * thread may call.
 */
public final class CacheCleaner implements AutoCloseable {

    private static final ValueLayout.OfInt INSTRUCTION = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** x0 is the first byte's address, x1 that of the byte after the last one. */
    private static final int[] CODE = {
        0xd50b7a20, // dc cvac, x0
        0x91004000, // add x0, x0, #16
        0xeb01001f, // cmp x0, x1
        0x54ffffa3, // b.lo: back to the first
        0xd5033f9f, // dsb sy
        0xd65f03c0, // ret
    };

    private static final long CODE_BYTES = 4096;

    private static final MethodHandle NOTHING =
            MethodHandles.empty(MethodType.methodType(void.class, MemorySegment.class, MemorySegment.class));

    private final Optional<Mapping> code;
    private final MethodHandle function;

    private CacheCleaner(Optional<Mapping> code, MethodHandle function) {
        this.code = code;
        this.function = function;
    }

    /**
     * Makes one.
     *
     * @throws jinn.error.SyscallException when this host does not let a program have code of its own (EACCES, EPERM)
     */
    public static CacheCleaner create() {
        if (!System.getProperty("os.arch").equals("aarch64")) {
            return new CacheCleaner(Optional.empty(), NOTHING);
        }
        try (MemFd memory = MemFd.create("jinn-code", CODE_BYTES)) {
            try (Mapping writable = Mapping.of(memory)) {
                for (int i = 0; i < CODE.length; i++) {
                    writable.segment().setAtIndex(INSTRUCTION, i, CODE[i]);
                }
            }
            // The kernel makes the instructions of a page visible that it maps for execution the first time.
            Mapping code = Mapping.ofCode(memory);
            return new CacheCleaner(Optional.of(code), link(code.segment()));
        }
    }

    /** Not as a critical call: it may be the first access to its pages. */
    @SuppressWarnings("restricted")
    private static MethodHandle link(MemorySegment code) {
        return Linker.nativeLinker().downcallHandle(code, FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    }

    /**
     * Cleans the lines of a piece of memory. When it returns, everybody sees what has been stored there before.
     *
     * @param memory native, at a multiple of 16 bytes
     */
    public void clean(MemorySegment memory) {
        try {
            function.invokeExact(memory, memory.asSlice(memory.byteSize()));
        } catch (Throwable t) {
            throw Libc.signatureError("clean", t);
        }
    }

    /** Gives the code back. Nobody may be calling {@link #clean} any more. */
    @Override
    public void close() {
        code.ifPresent(Mapping::close);
    }
}
