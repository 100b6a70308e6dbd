package jinn.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jinn.vm.VirtualMachine;

/**
 * Stops the VM when the JVM is asked to end (SIGINT, SIGTERM, SIGHUP), and holds that end back until everything of the
 * VM is released.
 */
final class StopAtExit implements AutoCloseable {

    /** Longer than any orderly end; a VM that hangs must not keep the process. */
    private static final long PATIENCE_SECONDS = 10;

    private final CountDownLatch released = new CountDownLatch(1);
    private Thread hook = new Thread();

    /** Stops this VM at the JVM's end; {@link #close} is to be called when the VM has been closed. */
    void watch(VirtualMachine vm) {
        hook = new Thread(() -> stop(vm), "stop-at-exit");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void stop(VirtualMachine vm) {
        vm.stop();
        try {
            released.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets the JVM end. */
    @Override
    public void close() {
        released.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook is waiting for what was just counted down.
            return;
        }
    }
}
