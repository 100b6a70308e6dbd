package jinn.posix;

import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;

/**
 * SIGWINCH, by which the kernel tells that the size of the controlling terminal has changed. There is one listener at a
 * time.
 *
 * <p>The JVM's threads are there before Jinn's first line runs, and none of them blocks the signal, so neither signalfd nor
 * sigwait would ever see it. The JVM's own way is {@code sun.misc.Signal} of the module jdk.unsupported, which javac calls
 * an error to name: it is found by reflection, and where it is missing, changes are not told.
 */
public final class SizeSignal implements AutoCloseable {

    private static final AtomicReference<Runnable> LISTENER = new AtomicReference<>(() -> {});

    private static final boolean INSTALLED = install();

    private SizeSignal() {}

    /** Calls the listener, on a thread of the JVM's, whenever the size may have changed, until {@link #close}. */
    public static SizeSignal listen(Runnable listener) {
        LISTENER.set(listener);
        return new SizeSignal();
    }

    /** Returns whether the JVM lets Jinn know of the signal. */
    static boolean isInstalled() {
        return INSTALLED;
    }

    private static boolean install() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object caller = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        LISTENER.get().run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("WINCH"), caller);
            return true;
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public void close() {
        LISTENER.set(() -> {});
    }
}
