package jinn.posix;

import java.util.Arrays;
import jinn.error.SyscallException;

/**
 * The error numbers of Linux that Jinn's system calls can give, with their names and a text for the user.
 *
 * <p>The numbers are those of asm-generic/errno.h, which arm64 and x86-64 share.
 */
public enum Errno {
    EPERM(1, "operation not permitted"),
    ENOENT(2, "no such file or entry"),
    ESRCH(3, "no such thread"),
    EINTR(4, "interrupted by a signal"),
    EIO(5, "input/output error"),
    ENXIO(6, "no such device or address"),
    E2BIG(7, "argument too large"),
    EBADF(9, "bad file descriptor"),
    EAGAIN(11, "not ready, try again"),
    ENOMEM(12, "out of memory"),
    EACCES(13, "permission denied"),
    EFAULT(14, "bad address"),
    EBUSY(16, "in use"),
    EEXIST(17, "already taken"),
    ENODEV(19, "no such device"),
    ENOTDIR(20, "not a directory"),
    EISDIR(21, "is a directory"),
    EINVAL(22, "invalid argument"),
    ENFILE(23, "too many open files in the system"),
    EMFILE(24, "too many open files in this process"),
    ENOTTY(25, "not supported by this device"),
    EFBIG(27, "too large"),
    ENOSPC(28, "no space left"),
    EROFS(30, "read-only file system"),
    EPIPE(32, "nobody reads the other end"),
    ERANGE(34, "out of range"),
    ENOSYS(38, "not implemented by this kernel"),
    ELOOP(40, "too many levels"),
    EBADFD(77, "the file is in a bad state"),
    EOPNOTSUPP(95, "not supported"),
    EADDRINUSE(98, "address in use"),
    ECONNRESET(104, "the other end has closed the connection"),
    ECONNREFUSED(111, "nobody listens there"),
    ESTALE(116, "the file is gone from its server"),
    EDQUOT(122, "no space left in the quota");

    private static final Errno[] BY_NUMBER = byNumber();

    private final int number;
    private final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** Returns the number, positive. */
    public int number() {
        return number;
    }

    /** Returns the reason in words, without the name. */
    public String text() {
        return text;
    }

    /**
     * Makes the exception for a failed call.
     *
     * @param operation what failed, on which object, with which value
     * @param errno the error number, positive
     */
    public static SyscallException exception(String operation, int errno) {
        return new SyscallException(operation + ": " + describe(errno), errno);
    }

    /**
     * Returns {@code reason (NAME)} for a message.
     *
     * @param errno the error number, positive
     */
    public static String describe(int errno) {
        Errno known = errno >= 0 && errno < BY_NUMBER.length ? BY_NUMBER[errno] : null;
        return known == null ? "system error (errno " + errno + ")" : known.text + " (" + known.name() + ")";
    }

    private static Errno[] byNumber() {
        int highest = Arrays.stream(values()).mapToInt(Errno::number).max().orElse(0);
        Errno[] table = new Errno[highest + 1];
        for (Errno errno : values()) {
            table[errno.number] = errno;
        }
        return table;
    }
}
