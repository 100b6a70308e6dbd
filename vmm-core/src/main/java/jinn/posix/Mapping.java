package jinn.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A shared mapping: of a whole {@link MemFd}, to read and write between two inaccessible guard ranges or to execute, or of
 * what a device offers.
 *
 * <p>GZVM_SET_USER_MEMORY_REGION wants the kernel's mapping (the VMA) around an address to be exactly as long as the
 * region. The kernel joins neighbours of equal kind into one VMA; the guards keep any neighbour away. They also turn an
 * overrun in native code into a fault.
 */
public final class Mapping implements AutoCloseable {

    /** Guards are as wide as the alignment, so that the mapping can start at a multiple of it. */
    private static final long ALIGNMENT_BYTES = 2L << 20;

    private static final int PROT_NONE = 0;
    private static final int PROT_READ_WRITE = 1 | 2;
    private static final int PROT_READ_EXECUTE = 1 | 4;
    private static final int MAP_SHARED = 0x01;
    private static final int MAP_PRIVATE = 0x02;
    private static final int MAP_FIXED = 0x10;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_NORESERVE = 0x4000;
    private static final int MADV_REMOVE = 9;
    private static final long MAP_FAILED = -1;

    private final Arena arena;
    private final MemorySegment segment;

    private Mapping(Arena arena, MemorySegment segment) {
        this.arena = arena;
        this.segment = segment;
    }

    /** Maps all of {@code memory} at an address that is a multiple of 2 MiB. The descriptor may be closed afterwards. */
    @SuppressWarnings("MustBeClosedChecker") // close() closes the arena
    public static Mapping of(MemFd memory) {
        long reservedBytes = memory.bytes() + 3 * ALIGNMENT_BYTES;
        String what = memory.bytes() + " bytes of " + memory.descriptor();
        MemorySegment reserved = map(
                MemorySegment.NULL, reservedBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, what);
        Arena arena = Arena.ofShared();
        try {
            long start = (reserved.address() + 2 * ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
            MemorySegment mapped = map(
                    MemorySegment.ofAddress(start),
                    memory.bytes(),
                    PROT_READ_WRITE,
                    MAP_SHARED | MAP_FIXED,
                    memory.descriptor().number(),
                    what);
            return new Mapping(arena, withCleanup(mapped, memory.bytes(), arena, reserved, reservedBytes));
        } catch (RuntimeException e) {
            arena.close();
            unmap(reserved, reservedBytes);
            throw e;
        }
    }

    /**
     * Maps the first {@code bytes} bytes of what a device offers, without guards. The descriptor may be closed afterwards.
     *
     * @throws jinn.error.SyscallException with the errno of mmap(2)
     */
    @SuppressWarnings("MustBeClosedChecker") // close() closes the arena
    public static Mapping of(FileDescriptor device, long bytes) {
        MemorySegment mapped = map(
                MemorySegment.NULL, bytes, PROT_READ_WRITE, MAP_SHARED, device.number(), bytes + " bytes of " + device);
        Arena arena = Arena.ofShared();
        return new Mapping(arena, withCleanup(mapped, bytes, arena, mapped, bytes));
    }

    /**
     * Maps all of {@code memory} to be executed, without guards. The descriptor may be closed afterwards.
     *
     * @throws jinn.error.SyscallException with the errno of mmap(2)
     */
    @SuppressWarnings("MustBeClosedChecker") // close() closes the arena
    static Mapping ofCode(MemFd memory) {
        MemorySegment mapped = map(
                MemorySegment.NULL,
                memory.bytes(),
                PROT_READ_EXECUTE,
                MAP_SHARED,
                memory.descriptor().number(),
                memory.bytes() + " bytes of code");
        Arena arena = Arena.ofShared();
        return new Mapping(arena, withCleanup(mapped, memory.bytes(), arena, mapped, memory.bytes()));
    }

    /** Returns the memory. Access from any thread is allowed until {@link #close}, and throws after it. */
    public MemorySegment segment() {
        return segment;
    }

    /**
     * Frees the memory behind a part of a shared mapping; it reads as zeroes then, in every process that maps it.
     *
     * @param address host-virtual, a multiple of the page size
     * @param bytes a multiple of the page size, inside a mapping of the caller's
     * @return whether the kernel could
     */
    public static boolean free(long address, long bytes) {
        MemorySegment state = CallState.ofThread();
        return LibcMemory.madvise(state, MemorySegment.ofAddress(address), bytes, MADV_REMOVE) == 0;
    }

    /** Removes the mapping and its guards. A second call does nothing. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private static MemorySegment map(
            MemorySegment address, long bytes, int protection, int flags, int fd, String what) {
        MemorySegment state = CallState.ofThread();
        MemorySegment mapped = Libc.mmap(state, address, bytes, protection, flags, fd, 0);
        if (mapped.address() == MAP_FAILED) {
            throw Errno.exception("cannot map " + what, CallState.errno(state));
        }
        return mapped;
    }

    @SuppressWarnings("restricted")
    private static MemorySegment withCleanup(
            MemorySegment mapped, long bytes, Arena arena, MemorySegment reserved, long reservedBytes) {
        return mapped.reinterpret(bytes, arena, ignored -> unmap(reserved, reservedBytes));
    }

    private static void unmap(MemorySegment address, long bytes) {
        MemorySegment state = CallState.ofThread();
        if (Libc.munmap(state, address, bytes) < 0) {
            throw Errno.exception("cannot unmap " + bytes + " bytes", CallState.errno(state));
        }
    }
}
