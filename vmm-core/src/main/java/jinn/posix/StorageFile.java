package jinn.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * An open regular file or block device, read and written at offsets.
 *
 * <p>Methods that return a number give {@code -errno} on failure and go on after a signal. Safe from any thread; whoever
 * closes it makes sure that no other thread is inside a call.
 */
public final class StorageFile implements AutoCloseable {

    private static final int O_RDONLY = 0;
    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 0x80000;

    /** arm64 has a number of its own (asm/fcntl.h). */
    private static final int O_DIRECT = System.getProperty("os.arch").equals("aarch64") ? 0x10000 : 0x4000;

    private static final int SEEK_END = 2;

    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;

    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_PUNCH_HOLE = 2;
    private static final int FALLOC_FL_ZERO_RANGE = 16;

    /** Requests of linux/fs.h: size in bytes, 64 bits; size of a logical and of a physical block, 32 bits. */
    private static final long BLKGETSIZE64 = 0x80081272L;

    private static final long BLKSSZGET = 0x1268;
    private static final long BLKPBSZGET = 0x127b;

    private final FileDescriptor fd;

    private StorageFile(FileDescriptor fd) {
        this.fd = fd;
    }

    /**
     * Opens a file that exists, close-on-exec.
     *
     * @param readOnly whether writes are to fail with EBADF
     * @param direct past the page cache (O_DIRECT): memory, offset and length of each transfer then have to be aligned
     *     as the device wants it, else it is EINVAL
     * @throws jinn.error.SyscallException with the errno of open(2); EINVAL where the file system lacks O_DIRECT
     */
    public static StorageFile open(Path path, boolean readOnly, boolean direct) {
        MemorySegment state = CallState.ofThread();
        int flags = (readOnly ? O_RDONLY : O_RDWR) | (direct ? O_DIRECT : 0) | O_CLOEXEC;
        try (Arena arena = Arena.ofConfined()) {
            int number = Libc.open(state, arena.allocateFrom(path.toString()), flags);
            if (number < 0) {
                throw Errno.exception("cannot open " + path, CallState.errno(state));
            }
            return new StorageFile(FileDescriptor.owning(number, path.toString()));
        }
    }

    /** Returns the descriptor, which this object goes on owning. */
    public FileDescriptor descriptor() {
        return fd;
    }

    /** Returns whether this is a block device. */
    public boolean isBlockDevice() {
        try (Arena arena = Arena.ofConfined()) {
            return fd.ioctl(BLKGETSIZE64, arena.allocate(ValueLayout.JAVA_LONG)) >= 0;
        }
    }

    /** Returns the size now, in bytes. */
    public long size() {
        MemorySegment state = CallState.ofThread();
        // A block device's end is where its data end.
        long end = LibcStorage.lseek(state, fd.number(), 0, SEEK_END);
        if (end < 0) {
            throw Errno.exception("cannot find the size of " + fd, CallState.errno(state));
        }
        return end;
    }

    /** Returns the smallest unit of a block device in bytes. */
    public int logicalBlockSize() {
        return askDevice(BLKSSZGET);
    }

    /** Returns the unit that a block device writes without reading before, in bytes. */
    public int physicalBlockSize() {
        return askDevice(BLKPBSZGET);
    }

    private int askDevice(long request) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(ValueLayout.JAVA_INT);
            int result = fd.ioctl(request, answer);
            if (result < 0) {
                throw Errno.exception("cannot find the block size of " + fd, -result);
            }
            return answer.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /**
     * Locks the file as flock(2) does, until it is closed; also against another opening by this process.
     *
     * @param exclusive against all others, or only against those that lock exclusively
     * @return whether it is locked; if not, somebody else has it
     */
    public boolean tryLock(boolean exclusive) {
        MemorySegment state = CallState.ofThread();
        int operation = (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB;
        int result;
        do {
            result = CallState.resultOrErrno(state, LibcStorage.flock(state, fd.number(), operation));
        } while (result == -Errno.EINTR.number());
        if (result < 0 && result != -Errno.EAGAIN.number()) {
            throw Errno.exception("cannot lock " + fd, -result);
        }
        return result == 0;
    }

    /**
     * Reads into pieces of memory.
     *
     * @param vector an array of {@code struct iovec}, with {@code count} elements
     * @return how many bytes, 0 at the end of the file, or {@code -errno}
     */
    public long read(MemorySegment vector, int count, long offset) {
        MemorySegment state = CallState.ofThread();
        long result;
        do {
            result = CallState.resultOrErrno(state, LibcStorage.preadv(state, fd.number(), vector, count, offset));
        } while (result == -Errno.EINTR.number());
        return result;
    }

    /** Writes pieces of memory; as {@link #read}. */
    public long write(MemorySegment vector, int count, long offset) {
        MemorySegment state = CallState.ofThread();
        long result;
        do {
            result = CallState.resultOrErrno(state, LibcStorage.pwritev(state, fd.number(), vector, count, offset));
        } while (result == -Errno.EINTR.number());
        return result;
    }

    /** Writes the first bytes of a buffer; returns how many, or {@code -errno}. */
    public long writeBuffer(MemorySegment buffer, long bytes, long offset) {
        MemorySegment state = CallState.ofThread();
        long result;
        do {
            result = CallState.resultOrErrno(state, LibcStorage.pwrite(state, fd.number(), buffer, bytes, offset));
        } while (result == -Errno.EINTR.number());
        return result;
    }

    /** Brings all that was written to the device, with what is needed to find it; returns 0 or {@code -errno}. */
    public int flush() {
        MemorySegment state = CallState.ofThread();
        int result;
        do {
            result = CallState.resultOrErrno(state, LibcStorage.fdatasync(state, fd.number()));
        } while (result == -Errno.EINTR.number());
        return result;
    }

    /** Gives the range's space back, so that it reads as zeroes; returns 0, or {@code -errno} (EOPNOTSUPP: cannot). */
    public int punchHole(long offset, long bytes) {
        return allocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, bytes);
    }

    /** Lets the range read as zeroes and keeps its space; returns 0, or {@code -errno} (EOPNOTSUPP: cannot). */
    public int zeroRange(long offset, long bytes) {
        return allocate(FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, offset, bytes);
    }

    private int allocate(int mode, long offset, long bytes) {
        MemorySegment state = CallState.ofThread();
        int result;
        do {
            result = CallState.resultOrErrno(state, LibcStorage.fallocate(state, fd.number(), mode, offset, bytes));
        } while (result == -Errno.EINTR.number());
        return result;
    }

    @Override
    public void close() {
        fd.close();
    }
}
