package jinn.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import jinn.error.HostException;
import jinn.error.SyscallException;
import jinn.memory.IoVector;
import jinn.posix.Errno;
import jinn.posix.StorageFile;
import jinn.virtio.block.Disk;

/**
 * A disk in a raw file or on a block device.
 *
 * <p>Data go between the file and guest memory without a copy in this process. The file is locked (flock(2)) until it is
 * closed: several VMs may read it, or one may write it. Its size is taken once; when it has shrunk since, what is gone
 * cannot be read, and what is written makes it grow again.
 */
public final class DiskFile implements Disk, AutoCloseable {

    private static final int SECTOR_BYTES = 512;

    /** The page: what the page cache writes back of a regular file, however little was changed. */
    private static final int FILE_BLOCK_BYTES = 4096;

    /** Written over and over where the file system cannot make zeroes. Never touched, so it costs no memory. */
    private static final long ZEROES_BYTES = 1 << 20;

    private final Path path;
    private final StorageFile file;
    /** The same file through the page cache, for what O_DIRECT does not take. */
    private final Optional<StorageFile> cached;

    private final boolean readOnly;
    private final long bytes;
    private final int logicalBlockBytes;
    private final int physicalBlockBytes;
    private final Consumer<String> warnings;
    private final AtomicBoolean canPunch = new AtomicBoolean(true);
    private final AtomicBoolean canZero = new AtomicBoolean(true);

    private DiskFile(
            Path path, StorageFile file, Optional<StorageFile> cached, boolean readOnly, Consumer<String> warnings) {
        this.path = path;
        this.file = file;
        this.cached = cached;
        this.readOnly = readOnly;
        this.warnings = warnings;
        this.bytes = file.size();
        boolean device = file.isBlockDevice();
        this.logicalBlockBytes = device ? file.logicalBlockSize() : SECTOR_BYTES;
        this.physicalBlockBytes = device ? file.physicalBlockSize() : FILE_BLOCK_BYTES;
    }

    /**
     * Opens a disk and locks it.
     *
     * @param direct whether to go past the host's page cache
     * @param warnings gets one line for each failed operation, on any thread; it has to limit them itself
     * @throws HostException if somebody else uses the file in a way that does not go together, or it is no disk
     * @throws SyscallException if it cannot be opened
     */
    public static DiskFile open(Path path, boolean readOnly, boolean direct, Consumer<String> warnings) {
        StorageFile file = openFile(path, readOnly, direct);
        Optional<StorageFile> cached = Optional.empty();
        try {
            if (!file.tryLock(!readOnly)) {
                throw new HostException("cannot use the disk " + path + ": " + DiskLocks.holderOf(path)
                        + " uses it; a disk that a VM writes must be used by nobody else, so stop the other one, give"
                        + " this VM a copy, or set \"readonly\" in both");
            }
            if (direct) {
                cached = Optional.of(StorageFile.open(path, readOnly, false));
            }
            DiskFile disk = new DiskFile(path, file, cached, readOnly, warnings);
            if (disk.bytes == 0 || disk.bytes % SECTOR_BYTES != 0) {
                throw new HostException("cannot use the disk " + path + ": its size of " + disk.bytes
                        + " bytes is not a multiple of " + SECTOR_BYTES + " above 0");
            }
            return disk;
        } catch (RuntimeException e) {
            cached.ifPresent(StorageFile::close);
            file.close();
            throw e;
        }
    }

    private static StorageFile openFile(Path path, boolean readOnly, boolean direct) {
        try {
            return StorageFile.open(path, readOnly, direct);
        } catch (SyscallException e) {
            if (direct && e.errno() == Errno.EINVAL.number()) {
                throw new HostException(
                        "cannot open the disk " + path + " past the page cache: its file system has no O_DIRECT; leave"
                                + " out \"direct\"",
                        e);
            }
            throw e;
        }
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public int logicalBlockBytes() {
        return logicalBlockBytes;
    }

    @Override
    public int physicalBlockBytes() {
        return physicalBlockBytes;
    }

    @Override
    public long read(IoVector target, long offset) {
        long wanted = target.bytes();
        long done = 0;
        while (done < wanted) {
            long step = file.read(target.elements(), target.count(), offset + done);
            if (isMisaligned(step)) {
                step = cached.get().read(target.elements(), target.count(), offset + done);
            }
            if (step <= 0) {
                warnRead(wanted - done, offset + done, step);
                return done;
            }
            done += step;
            if (done < wanted) {
                target.advance(step);
            }
        }
        return done;
    }

    @Override
    public long write(IoVector source, long offset) {
        long wanted = source.bytes();
        long done = 0;
        while (done < wanted) {
            long step = file.write(source.elements(), source.count(), offset + done);
            if (isMisaligned(step)) {
                step = cached.get().write(source.elements(), source.count(), offset + done);
            }
            if (step <= 0) {
                warn("write " + (wanted - done) + " bytes", offset + done, step);
                return done;
            }
            done += step;
            if (done < wanted) {
                source.advance(step);
            }
        }
        return done;
    }

    /** A guest's buffers need not be aligned as the host's device wants it. */
    private boolean isMisaligned(long result) {
        return result == -Errno.EINVAL.number() && cached.isPresent();
    }

    @Override
    public boolean flush() {
        int result = file.flush();
        if (result < 0) {
            warnings.accept("disk " + path + ": cannot make what was written safe: " + Errno.describe(-result)
                    + "; the guest gets an I/O error");
        }
        return result == 0;
    }

    /** Data that nobody needs may as well stay where they are. */
    @Override
    public boolean discard(long offset, long length) {
        return punch(offset, length) != Outcome.FAILED;
    }

    @Override
    public boolean writeZeroes(long offset, long length, boolean mayDeallocate) {
        Outcome outcome = mayDeallocate ? punch(offset, length) : Outcome.IMPOSSIBLE;
        if (outcome == Outcome.IMPOSSIBLE) {
            outcome = zero(offset, length);
        }
        return switch (outcome) {
            case DONE -> true;
            case FAILED -> false;
            case IMPOSSIBLE -> overwrite(offset, length);
        };
    }

    private enum Outcome {
        DONE,
        FAILED,
        /** The file system cannot do it. */
        IMPOSSIBLE
    }

    private Outcome punch(long offset, long length) {
        return canPunch.get()
                ? outcome(canPunch, file.punchHole(offset, length), "give back " + length + " bytes", offset)
                : Outcome.IMPOSSIBLE;
    }

    private Outcome zero(long offset, long length) {
        return canZero.get()
                ? outcome(canZero, file.zeroRange(offset, length), "zero " + length + " bytes", offset)
                : Outcome.IMPOSSIBLE;
    }

    private Outcome outcome(AtomicBoolean ability, int result, String operation, long offset) {
        if (result == -Errno.EOPNOTSUPP.number()) {
            ability.set(false);
            return Outcome.IMPOSSIBLE;
        }
        if (result < 0) {
            warn(operation, offset, result);
            return Outcome.FAILED;
        }
        return Outcome.DONE;
    }

    private boolean overwrite(long offset, long length) {
        StorageFile target = cached.orElse(file);
        long done = 0;
        while (done < length) {
            long part = Math.min(length - done, ZEROES_BYTES);
            long step = target.writeBuffer(Zeroes.SEGMENT, part, offset + done);
            if (step <= 0) {
                warn("write " + part + " zeroes", offset + done, step);
                return false;
            }
            done += step;
        }
        return true;
    }

    /** Made when it is needed, which on most file systems is never. */
    private static final class Zeroes {
        static final MemorySegment SEGMENT =
                Arena.ofAuto().allocate(ZEROES_BYTES).asReadOnly();
    }

    private void warnRead(long length, long offset, long result) {
        if (result == 0) {
            warnings.accept(String.format(
                    Locale.ROOT,
                    "disk %s: cannot read %d bytes at 0x%x: the file has shrunk from %d bytes to %d; the guest gets an"
                            + " I/O error",
                    path,
                    length,
                    offset,
                    bytes,
                    file.size()));
        } else {
            warn("read " + length + " bytes", offset, result);
        }
    }

    private void warn(String operation, long offset, long result) {
        warnings.accept(String.format(
                Locale.ROOT,
                "disk %s: cannot %s at 0x%x: %s; the guest gets an I/O error",
                path,
                operation,
                offset,
                Errno.describe((int) -result)));
    }

    /** Gives the file and its lock back. No operation may be under way. */
    @Override
    public void close() {
        cached.ifPresent(StorageFile::close);
        file.close();
    }
}
