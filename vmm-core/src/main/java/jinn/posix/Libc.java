package jinn.posix;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The libc functions that Jinn calls, under their C names.
 *
 * <p>Each method is the downcall and nothing else. {@code state} receives errno (see {@link CallState}). None is linked
 * as critical: all of them may block, and a thread in a critical call would hold up the garbage collector.
 *
 * <p>Linking a function takes time at the start of every run, most of it for its signature. What every machine needs is
 * therefore linked with one of few, by {@link CallShape}; what only some machines need is bound by a class of its own,
 * {@link LibcStorage} for example, through {@link #bind}.
 */
final class Libc {

    private static final Linker LINKER = Linker.nativeLinker();

    private static final MethodHandle OPEN = CallShape.POINTER_1.function("open");
    private static final MethodHandle CLOSE = CallShape.NUMBERS.function("close");
    private static final MethodHandle READ = CallShape.POINTER_2.function("read");
    private static final MethodHandle WRITE = CallShape.POINTER_2.function("write");
    private static final MethodHandle IOCTL = CallShape.POINTER_3.function("ioctl");
    private static final MethodHandle IOCTL_LONG = CallShape.NUMBERS.function("ioctl");
    private static final MethodHandle FCNTL = CallShape.NUMBERS.function("fcntl");
    private static final MethodHandle POLL = CallShape.POINTER_1.function("poll");
    private static final MethodHandle EVENTFD = CallShape.NUMBERS.function("eventfd");
    private static final MethodHandle EPOLL_CREATE1 = CallShape.NUMBERS.function("epoll_create1");
    private static final MethodHandle EPOLL_CTL = CallShape.NUMBERS.function("epoll_ctl");
    private static final MethodHandle EPOLL_WAIT = CallShape.POINTER_2.function("epoll_wait");
    private static final MethodHandle MEMFD_CREATE = CallShape.POINTER_1.function("memfd_create");
    private static final MethodHandle FTRUNCATE = CallShape.NUMBERS.function("ftruncate");
    private static final MethodHandle MMAP = CallShape.NUMBERS.function("mmap");
    private static final MethodHandle MUNMAP = CallShape.POINTER_1.function("munmap");
    private static final MethodHandle GETRANDOM = CallShape.POINTER_1.function("getrandom");
    private static final MethodHandle GETRLIMIT = CallShape.POINTER_2.function("getrlimit");
    private static final MethodHandle ISATTY = CallShape.NUMBERS.function("isatty");
    private static final MethodHandle TCGETATTR = CallShape.POINTER_2.function("tcgetattr");
    private static final MethodHandle TCSETATTR = CallShape.POINTER_3.function("tcsetattr");
    private static final MethodHandle CFMAKERAW = CallShape.POINTER_1.function("cfmakeraw");
    private static final MethodHandle SIGACTION = CallShape.POINTER_2.function("sigaction");
    private static final MethodHandle SIGEMPTYSET = CallShape.POINTER_1.function("sigemptyset");
    private static final MethodHandle SIGFILLSET = CallShape.POINTER_1.function("sigfillset");
    private static final MethodHandle SIGDELSET = CallShape.POINTER_1.function("sigdelset");
    private static final MethodHandle SIGRTMIN = CallShape.NUMBERS.function("__libc_current_sigrtmin");
    private static final MethodHandle PTHREAD_SELF = CallShape.NUMBERS.function("pthread_self");
    private static final MethodHandle PTHREAD_KILL = CallShape.NUMBERS.function("pthread_kill");
    private static final MethodHandle PTHREAD_SIGMASK = CallShape.POINTER_2.function("pthread_sigmask");

    /** What only some processes call, linked when the first of it is called: linking takes time at the start. */
    private static final class SessionCalls {
        static final MethodHandle SETSID = CallShape.NUMBERS.function("setsid");
        static final MethodHandle DUP2 = CallShape.NUMBERS.function("dup2");
    }

    private Libc() {}

    static int open(MemorySegment state, MemorySegment path, int flags) {
        try {
            return (int) (long) OPEN.invokeExact(state, path, (long) flags, 0L);
        } catch (Throwable t) {
            throw signatureError("open", t);
        }
    }

    static int close(MemorySegment state, int fd) {
        try {
            return (int) (long) CLOSE.invokeExact(state, (long) fd, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("close", t);
        }
    }

    static long read(MemorySegment state, int fd, MemorySegment buffer, long bytes) {
        try {
            return (long) READ.invokeExact(state, (long) fd, buffer, bytes, 0L);
        } catch (Throwable t) {
            throw signatureError("read", t);
        }
    }

    static long write(MemorySegment state, int fd, MemorySegment buffer, long bytes) {
        try {
            return (long) WRITE.invokeExact(state, (long) fd, buffer, bytes, 0L);
        } catch (Throwable t) {
            throw signatureError("write", t);
        }
    }

    static int ioctl(MemorySegment state, int fd, long request, MemorySegment argument) {
        try {
            return (int) (long) IOCTL.invokeExact(state, (long) fd, request, argument);
        } catch (Throwable t) {
            throw signatureError("ioctl", t);
        }
    }

    static int ioctl(MemorySegment state, int fd, long request, long argument) {
        try {
            return (int) (long) IOCTL_LONG.invokeExact(state, (long) fd, request, argument, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("ioctl", t);
        }
    }

    static int fcntl(MemorySegment state, int fd, int command, int argument) {
        try {
            return (int) (long) FCNTL.invokeExact(state, (long) fd, (long) command, (long) argument, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("fcntl", t);
        }
    }

    static int poll(MemorySegment state, MemorySegment fds, long count, int timeoutMs) {
        try {
            return (int) (long) POLL.invokeExact(state, fds, count, (long) timeoutMs);
        } catch (Throwable t) {
            throw signatureError("poll", t);
        }
    }

    static int eventfd(MemorySegment state, int initial, int flags) {
        try {
            return (int) (long) EVENTFD.invokeExact(state, (long) initial, (long) flags, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("eventfd", t);
        }
    }

    static int epoll_create1(MemorySegment state, int flags) {
        try {
            return (int) (long) EPOLL_CREATE1.invokeExact(state, (long) flags, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("epoll_create1", t);
        }
    }

    /**
     * It is the only function with a pointer in the fourth place, so the pointer goes as a number, which keeps no memory
     * alive: {@code event} is NULL or of an arena that the caller closes after the call.
     */
    static int epoll_ctl(MemorySegment state, int epoll, int operation, int fd, MemorySegment event) {
        try {
            return (int) (long)
                    EPOLL_CTL.invokeExact(state, (long) epoll, (long) operation, (long) fd, event.address(), 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("epoll_ctl", t);
        }
    }

    static int epoll_wait(MemorySegment state, int epoll, MemorySegment events, int maxEvents, int timeoutMs) {
        try {
            return (int) (long) EPOLL_WAIT.invokeExact(state, (long) epoll, events, (long) maxEvents, (long) timeoutMs);
        } catch (Throwable t) {
            throw signatureError("epoll_wait", t);
        }
    }

    static int memfd_create(MemorySegment state, MemorySegment name, int flags) {
        try {
            return (int) (long) MEMFD_CREATE.invokeExact(state, name, (long) flags, 0L);
        } catch (Throwable t) {
            throw signatureError("memfd_create", t);
        }
    }

    static int ftruncate(MemorySegment state, int fd, long bytes) {
        try {
            return (int) (long) FTRUNCATE.invokeExact(state, (long) fd, bytes, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("ftruncate", t);
        }
    }

    static MemorySegment mmap(
            MemorySegment state, MemorySegment address, long bytes, int protection, int flags, int fd, long offset) {
        try {
            return MemorySegment.ofAddress((long) MMAP.invokeExact(
                    state, address.address(), bytes, (long) protection, (long) flags, (long) fd, offset));
        } catch (Throwable t) {
            throw signatureError("mmap", t);
        }
    }

    static int munmap(MemorySegment state, MemorySegment address, long bytes) {
        try {
            return (int) (long) MUNMAP.invokeExact(state, address, bytes, 0L);
        } catch (Throwable t) {
            throw signatureError("munmap", t);
        }
    }

    static long getrandom(MemorySegment state, MemorySegment buffer, long bytes, int flags) {
        try {
            return (long) GETRANDOM.invokeExact(state, buffer, bytes, (long) flags);
        } catch (Throwable t) {
            throw signatureError("getrandom", t);
        }
    }

    static int getrlimit(MemorySegment state, int resource, MemorySegment limit) {
        try {
            return (int) (long) GETRLIMIT.invokeExact(state, (long) resource, limit, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("getrlimit", t);
        }
    }

    static int isatty(MemorySegment state, int fd) {
        try {
            return (int) (long) ISATTY.invokeExact(state, (long) fd, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("isatty", t);
        }
    }

    static int setsid(MemorySegment state) {
        try {
            return (int) (long) SessionCalls.SETSID.invokeExact(state, 0L, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("setsid", t);
        }
    }

    static int dup2(MemorySegment state, int fd, int number) {
        try {
            return (int) (long) SessionCalls.DUP2.invokeExact(state, (long) fd, (long) number, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("dup2", t);
        }
    }

    static int tcgetattr(MemorySegment state, int fd, MemorySegment termios) {
        try {
            return (int) (long) TCGETATTR.invokeExact(state, (long) fd, termios, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("tcgetattr", t);
        }
    }

    static int tcsetattr(MemorySegment state, int fd, int when, MemorySegment termios) {
        try {
            return (int) (long) TCSETATTR.invokeExact(state, (long) fd, (long) when, termios);
        } catch (Throwable t) {
            throw signatureError("tcsetattr", t);
        }
    }

    static void cfmakeraw(MemorySegment termios) {
        try {
            long ignored = (long) CFMAKERAW.invokeExact(CallState.ofThread(), termios, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("cfmakeraw", t);
        }
    }

    /** Does not ask for the previous action. */
    static int sigaction(MemorySegment state, int signal, MemorySegment action) {
        try {
            return (int) (long) SIGACTION.invokeExact(state, (long) signal, action, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("sigaction", t);
        }
    }

    static int sigemptyset(MemorySegment state, MemorySegment set) {
        try {
            return (int) (long) SIGEMPTYSET.invokeExact(state, set, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("sigemptyset", t);
        }
    }

    static int sigfillset(MemorySegment state, MemorySegment set) {
        try {
            return (int) (long) SIGFILLSET.invokeExact(state, set, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("sigfillset", t);
        }
    }

    static int sigdelset(MemorySegment state, MemorySegment set, int signal) {
        try {
            return (int) (long) SIGDELSET.invokeExact(state, set, (long) signal, 0L);
        } catch (Throwable t) {
            throw signatureError("sigdelset", t);
        }
    }

    /** The value of the C macro SIGRTMIN, which libc computes at run time. */
    static int sigrtmin(MemorySegment state) {
        try {
            return (int) (long) SIGRTMIN.invokeExact(state, 0L, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("__libc_current_sigrtmin", t);
        }
    }

    static long pthread_self(MemorySegment state) {
        try {
            return (long) PTHREAD_SELF.invokeExact(state, 0L, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("pthread_self", t);
        }
    }

    static int pthread_kill(MemorySegment state, long thread, int signal) {
        try {
            return (int) (long) PTHREAD_KILL.invokeExact(state, thread, (long) signal, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw signatureError("pthread_kill", t);
        }
    }

    /** Does not ask for the previous mask. */
    static int pthread_sigmask(MemorySegment state, int how, MemorySegment set) {
        try {
            return (int) (long) PTHREAD_SIGMASK.invokeExact(state, (long) how, set, 0L, 0L);
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

    /** Links a function by its own signature; it leaves errno in its first argument. */
    @SuppressWarnings("restricted")
    static MethodHandle bind(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                address(name), FunctionDescriptor.of(result, arguments), Linker.Option.captureCallState("errno"));
    }

    /** A downcall itself throws only when its Java signature does not fit its descriptor: a fault in this class. */
    static AssertionError signatureError(String name, Throwable cause) {
        return new AssertionError("the signature of libc function '" + name + "' is wrong", cause);
    }
}
