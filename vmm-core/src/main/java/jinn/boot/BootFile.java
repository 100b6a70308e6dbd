package jinn.boot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import jinn.error.ImageException;
import jinn.memory.GuestMemory;

/**
 * A file that is copied into guest memory as it is.
 *
 * @param what its role for messages, for example {@code initrd}
 * @param path where it is
 * @param bytes its size when it was looked at
 */
record BootFile(String what, Path path, long bytes) {

    /** Most bytes of one read: a ByteBuffer cannot be larger than 2 GiB. */
    private static final long CHUNK_BYTES = 1L << 30;

    /**
     * Looks at a file.
     *
     * @throws ImageException if it is missing, not a regular file, unreadable or empty
     */
    static BootFile open(String what, Path path) {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw failure(what, path, "not a regular file", null);
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (channel.size() == 0) {
                throw failure(what, path, "the file is empty", null);
            }
            return new BootFile(what, path, channel.size());
        } catch (IOException e) {
            throw failure(what, path, reason(e), e);
        }
    }

    /** Returns up to {@code limit} bytes from the start of the file. */
    byte[] readStart(int limit) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer start = ByteBuffer.allocate((int) Math.min(limit, bytes));
            readFully(channel, start);
            return start.array();
        } catch (IOException e) {
            throw failure(what, path, reason(e), e);
        }
    }

    /**
     * Copies the whole file.
     *
     * @param address guest-physical address of the first byte
     * @throws ImageException if the file cannot be read or has become shorter
     * @throws jinn.error.GuestFaultException if the place is not in guest memory
     */
    void load(GuestMemory memory, long address) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            for (long done = 0; done < bytes; done += CHUNK_BYTES) {
                long step = Math.min(CHUNK_BYTES, bytes - done);
                readFully(channel, memory.slice(address + done, step).asByteBuffer());
            }
        } catch (IOException e) {
            throw failure(what, path, reason(e), e);
        }
    }

    private void readFully(FileChannel channel, ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target) < 0) {
                throw failure(what, path, "the file became shorter while it was read", null);
            }
        }
    }

    /** Makes the failure to load this file. */
    ImageException failure(String reason) {
        return failure(what, path, reason, null);
    }

    private static ImageException failure(String what, Path path, String reason, IOException cause) {
        return new ImageException("cannot load " + what + " " + path + ": " + reason, cause);
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "no such file";
            case AccessDeniedException denied -> "permission denied";
            default -> e.getMessage();
        };
    }
}
