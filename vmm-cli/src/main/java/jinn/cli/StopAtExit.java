package jinn.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jinn.vm.VirtualMachine;

/**
 * Stops the VM when the JVM is asked to end (SIGINT, SIGTERM, SIGHUP), and holds that end back until everything of the
 * VM is released, and its end is told and written.
 */
final class StopAtExit implements AutoCloseable {

    /** Longer than any orderly end; a VM that hangs must not keep the process. */
    private static final Duration RELEASE_PATIENCE = Duration.ofSeconds(10);

    /** The classes of the report may be loaded only then, on a machine that is emulated and busy. */
    private static final Duration REPORT_PATIENCE = Duration.ofMinutes(2);

    private final Duration releasePatience;
    private final Duration reportPatience;
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private Thread hook = new Thread();

    StopAtExit() {
        this(RELEASE_PATIENCE, REPORT_PATIENCE);
    }

    /** Waits as long for the VM's release, and then as long for what is left to do. */
    StopAtExit(Duration releasePatience, Duration reportPatience) {
        this.releasePatience = releasePatience;
        this.reportPatience = reportPatience;
    }

    /** Stops this VM at the JVM's end; {@link #released} is to be called when the VM has been closed. */
    void watch(VirtualMachine vm) {
        hook = new Thread(() -> stop(vm::stop), "stop-at-exit");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Stops the VM and waits for what comes after; the whole work of the shutdown hook. */
    void stop(Runnable vm) {
        vm.run();
        try {
            if (released.await(releasePatience.toNanos(), TimeUnit.NANOSECONDS)) {
                done.await(reportPatience.toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The VM is closed: nothing that is left can hang as a VM can. */
    void released() {
        released.countDown();
    }

    /** Lets the JVM end. */
    @Override
    public void close() {
        released.countDown();
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook is waiting for what was just counted down.
            return;
        }
    }
}
