package jinn.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * The libc functions that Jinn calls, under their C names.
 *
 * <p>Each method is the downcall and nothing else. {@code state} receives errno (see {@link CallState}). None is linked
 * as critical: all of them may block, and a thread in a critical call would hold up the garbage collector.
 *
 * <p>Linking a function takes time at the start of every run. What only some machines need is therefore bound by a class
 * of its own, {@link LibcStorage} for example, through {@link #bind}.
 */
final class Libc {

    private static final Linker LINKER = Linker.nativeLinker();

    private static final MethodHandle OPEN = bindVariadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CLOSE = bind("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle READ = bind("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle WRITE = bind("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle IOCTL = bindVariadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle IOCTL_LONG = bindVariadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle FCNTL = bindVariadic("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle POLL = bind("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle EVENTFD = bind("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle EPOLL_CREATE1 = bind("epoll_create1", JAVA_INT, JAVA_INT);
    private static final MethodHandle EPOLL_CTL = bind("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle EPOLL_WAIT = bind("epoll_wait", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle MEMFD_CREATE = bind("memfd_create", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle FTRUNCATE = bind("ftruncate", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MMAP =
            bind("mmap", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MUNMAP = bind("munmap", JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle GETRANDOM = bind("getrandom", JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle GETRLIMIT = bind("getrlimit", JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle ISATTY = bind("isatty", JAVA_INT, JAVA_INT);
    private static final MethodHandle TCGETATTR = bind("tcgetattr", JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle TCSETATTR = bind("tcsetattr", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle CFMAKERAW = bindVoid("cfmakeraw", ADDRESS);
    private static final MethodHandle SIGACTION = bind("sigaction", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SIGEMPTYSET = bind("sigemptyset", JAVA_INT, ADDRESS);
    private static final MethodHandle SIGFILLSET = bind("sigfillset", JAVA_INT, ADDRESS);
    private static final MethodHandle SIGDELSET = bind("sigdelset", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SIGRTMIN = bind("__libc_current_sigrtmin", JAVA_INT);
    private static final MethodHandle PTHREAD_SELF = bind("pthread_self", JAVA_LONG);
    private static final MethodHandle PTHREAD_KILL = bind("pthread_kill", JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle PTHREAD_SIGMASK = bind("pthread_sigmask", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);

    /** What only some processes call, linked when the first of it is called: linking takes time at the start. */
    private static final class SessionCalls {
        static final MethodHandle SETSID = bind("setsid", JAVA_INT);
        static final MethodHandle DUP2 = bind("dup2", JAVA_INT, JAVA_INT, JAVA_INT);
    }

    private Libc() {}

    static int open(MemorySegment state, MemorySegment path, int flags) {
        try {
            return (int) OPEN.invokeExact(state, path, flags);
        } catch (Throwable t) {
            throw signatureError("open", t);
        }
    }

    static int close(MemorySegment state, int fd) {
        try {
            return (int) CLOSE.invokeExact(state, fd);
        } catch (Throwable t) {
            throw signatureError("close", t);
        }
    }

    static long read(MemorySegment state, int fd, MemorySegment buffer, long bytes) {
        try {
            return (long) READ.invokeExact(state, fd, buffer, bytes);
        } catch (Throwable t) {
            throw signatureError("read", t);
        }
    }

    static long write(MemorySegment state, int fd, MemorySegment buffer, long bytes) {
        try {
            return (long) WRITE.invokeExact(state, fd, buffer, bytes);
        } catch (Throwable t) {
            throw signatureError("write", t);
        }
    }

    static int ioctl(MemorySegment state, int fd, long request, MemorySegment argument) {
        try {
            return (int) IOCTL.invokeExact(state, fd, request, argument);
        } catch (Throwable t) {
            throw signatureError("ioctl", t);
        }
    }

    static int ioctl(MemorySegment state, int fd, long request, long argument) {
        try {
            return (int) IOCTL_LONG.invokeExact(state, fd, request, argument);
        } catch (Throwable t) {
            throw signatureError("ioctl", t);
        }
    }

    static int fcntl(MemorySegment state, int fd, int command, int argument) {
        try {
            return (int) FCNTL.invokeExact(state, fd, command, argument);
        } catch (Throwable t) {
            throw signatureError("fcntl", t);
        }
    }

    static int poll(MemorySegment state, MemorySegment fds, long count, int timeoutMs) {
        try {
            return (int) POLL.invokeExact(state, fds, count, timeoutMs);
        } catch (Throwable t) {
            throw signatureError("poll", t);
        }
    }

    static int eventfd(MemorySegment state, int initial, int flags) {
        try {
            return (int) EVENTFD.invokeExact(state, initial, flags);
        } catch (Throwable t) {
            throw signatureError("eventfd", t);
        }
    }

    static int epoll_create1(MemorySegment state, int flags) {
        try {
            return (int) EPOLL_CREATE1.invokeExact(state, flags);
        } catch (Throwable t) {
            throw signatureError("epoll_create1", t);
        }
    }

    static int epoll_ctl(MemorySegment state, int epoll, int operation, int fd, MemorySegment event) {
        try {
            return (int) EPOLL_CTL.invokeExact(state, epoll, operation, fd, event);
        } catch (Throwable t) {
            throw signatureError("epoll_ctl", t);
        }
    }

    static int epoll_wait(MemorySegment state, int epoll, MemorySegment events, int maxEvents, int timeoutMs) {
        try {
            return (int) EPOLL_WAIT.invokeExact(state, epoll, events, maxEvents, timeoutMs);
        } catch (Throwable t) {
            throw signatureError("epoll_wait", t);
        }
    }

    static int memfd_create(MemorySegment state, MemorySegment name, int flags) {
        try {
            return (int) MEMFD_CREATE.invokeExact(state, name, flags);
        } catch (Throwable t) {
            throw signatureError("memfd_create", t);
        }
    }

    static int ftruncate(MemorySegment state, int fd, long bytes) {
        try {
            return (int) FTRUNCATE.invokeExact(state, fd, bytes);
        } catch (Throwable t) {
            throw signatureError("ftruncate", t);
        }
    }

    static MemorySegment mmap(
            MemorySegment state, MemorySegment address, long bytes, int protection, int flags, int fd, long offset) {
        try {
            return (MemorySegment) MMAP.invokeExact(state, address, bytes, protection, flags, fd, offset);
        } catch (Throwable t) {
            throw signatureError("mmap", t);
        }
    }

    static int munmap(MemorySegment state, MemorySegment address, long bytes) {
        try {
            return (int) MUNMAP.invokeExact(state, address, bytes);
        } catch (Throwable t) {
            throw signatureError("munmap", t);
        }
    }

    static long getrandom(MemorySegment state, MemorySegment buffer, long bytes, int flags) {
        try {
            return (long) GETRANDOM.invokeExact(state, buffer, bytes, flags);
        } catch (Throwable t) {
            throw signatureError("getrandom", t);
        }
    }

    static int getrlimit(MemorySegment state, int resource, MemorySegment limit) {
        try {
            return (int) GETRLIMIT.invokeExact(state, resource, limit);
        } catch (Throwable t) {
            throw signatureError("getrlimit", t);
        }
    }

    static int isatty(MemorySegment state, int fd) {
        try {
            return (int) ISATTY.invokeExact(state, fd);
        } catch (Throwable t) {
            throw signatureError("isatty", t);
        }
    }

    static int setsid(MemorySegment state) {
        try {
            return (int) SessionCalls.SETSID.invokeExact(state);
        } catch (Throwable t) {
            throw signatureError("setsid", t);
        }
    }

    static int dup2(MemorySegment state, int fd, int number) {
        try {
            return (int) SessionCalls.DUP2.invokeExact(state, fd, number);
        } catch (Throwable t) {
            throw signatureError("dup2", t);
        }
    }

    static int tcgetattr(MemorySegment state, int fd, MemorySegment termios) {
        try {
            return (int) TCGETATTR.invokeExact(state, fd, termios);
        } catch (Throwable t) {
            throw signatureError("tcgetattr", t);
        }
    }

    static int tcsetattr(MemorySegment state, int fd, int when, MemorySegment termios) {
        try {
            return (int) TCSETATTR.invokeExact(state, fd, when, termios);
        } catch (Throwable t) {
            throw signatureError("tcsetattr", t);
        }
    }

    static void cfmakeraw(MemorySegment termios) {
        try {
            CFMAKERAW.invokeExact(termios);
        } catch (Throwable t) {
            throw signatureError("cfmakeraw", t);
        }
    }

    static int sigaction(MemorySegment state, int signal, MemorySegment action, MemorySegment previous) {
        try {
            return (int) SIGACTION.invokeExact(state, signal, action, previous);
        } catch (Throwable t) {
            throw signatureError("sigaction", t);
        }
    }

    static int sigemptyset(MemorySegment state, MemorySegment set) {
        try {
            return (int) SIGEMPTYSET.invokeExact(state, set);
        } catch (Throwable t) {
            throw signatureError("sigemptyset", t);
        }
    }

    static int sigfillset(MemorySegment state, MemorySegment set) {
        try {
            return (int) SIGFILLSET.invokeExact(state, set);
        } catch (Throwable t) {
            throw signatureError("sigfillset", t);
        }
    }

    static int sigdelset(MemorySegment state, MemorySegment set, int signal) {
        try {
            return (int) SIGDELSET.invokeExact(state, set, signal);
        } catch (Throwable t) {
            throw signatureError("sigdelset", t);
        }
    }

    /** The value of the C macro SIGRTMIN, which libc computes at run time. */
    static int sigrtmin(MemorySegment state) {
        try {
            return (int) SIGRTMIN.invokeExact(state);
        } catch (Throwable t) {
            throw signatureError("__libc_current_sigrtmin", t);
        }
    }

    static long pthread_self(MemorySegment state) {
        try {
            return (long) PTHREAD_SELF.invokeExact(state);
        } catch (Throwable t) {
            throw signatureError("pthread_self", t);
        }
    }

    static int pthread_kill(MemorySegment state, long thread, int signal) {
        try {
            return (int) PTHREAD_KILL.invokeExact(state, thread, signal);
        } catch (Throwable t) {
            throw signatureError("pthread_kill", t);
        }
    }

    static int pthread_sigmask(MemorySegment state, int how, MemorySegment set, MemorySegment previous) {
        try {
            return (int) PTHREAD_SIGMASK.invokeExact(state, how, set, previous);
        } catch (Throwable t) {
            throw signatureError("pthread_sigmask", t);
        }
    }

    /** Returns the address of libc's function {@code name}, for C interfaces that take a function pointer. */
    static MemorySegment address(String name) {
        return LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new AssertionError("libc has no function '" + name + "'"));
    }

    /** Links a function that leaves errno in its first argument. */
    static MethodHandle bind(String name, MemoryLayout result, MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(result, arguments), List.of(Linker.Option.captureCallState("errno")));
    }

    static MethodHandle bindVariadic(String name, int firstVariadic, MemoryLayout result, MemoryLayout... arguments) {
        return link(
                name,
                FunctionDescriptor.of(result, arguments),
                List.of(Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(firstVariadic)));
    }

    private static MethodHandle bindVoid(String name, MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.ofVoid(arguments), List.of());
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(String name, FunctionDescriptor descriptor, List<Linker.Option> options) {
        return LINKER.downcallHandle(address(name), descriptor, options.toArray(Linker.Option[]::new));
    }

    /** A downcall itself throws only when its Java signature does not fit its descriptor: a fault in this class. */
    static AssertionError signatureError(String name, Throwable cause) {
        return new AssertionError("the signature of libc function '" + name + "' is wrong", cause);
    }
}
