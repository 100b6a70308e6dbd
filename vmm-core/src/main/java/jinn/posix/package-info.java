/**
 * Linux system calls and libc functions, each behind a class that says what it means.
 *
 * <p>This is the only package that links native functions. {@code Libc} holds the downcalls under their C names; the
 * public classes own the file descriptors, mappings and terminal settings that come out of them. A method that can fail
 * in ways its caller must tell apart returns {@code -errno}, as the kernel itself does; all others throw {@link
 * jinn.error.SyscallException}.
 */
package jinn.posix;
