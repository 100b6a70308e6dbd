package jinn.vm;

import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import jinn.doorbell.delivery.Doorbell;
import jinn.doorbell.delivery.DoorbellHandler;

/**
 * Runs a program for the rings of one doorbell: one process at a time, at most one start a second. Rings that come
 * meanwhile are counted for the next one, so a guest can neither fill the process table nor wait for a process.
 *
 * <p>The program's output goes to Jinn's standard error, its input is empty. A process that runs when the VM ends is left
 * to itself.
 */
final class CommandRunner implements DoorbellHandler, AutoCloseable {

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String vm;
    private final String doorbell;
    private final List<String> command;
    private final Consumer<String> warnings;
    private final long intervalNanos;
    private final Thread thread;

    /** Guards the two below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private long waiting;
    private boolean closed;

    /**
     * Starts to wait for rings.
     *
     * @param warnings gets a line when the program cannot be started or fails
     */
    CommandRunner(String vm, String doorbell, List<String> command, Consumer<String> warnings) {
        this(vm, doorbell, command, warnings, INTERVAL_NANOS);
    }

    CommandRunner(String vm, String doorbell, List<String> command, Consumer<String> warnings, long intervalNanos) {
        this.vm = vm;
        this.doorbell = doorbell;
        this.command = List.copyOf(command);
        this.warnings = warnings;
        this.intervalNanos = intervalNanos;
        this.thread = Thread.ofPlatform().daemon().name("run-" + doorbell).start(this::runUntilClosed);
    }

    @Override
    public void rang(Doorbell rung, long count) {
        lock.lock();
        try {
            waiting += count;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void runUntilClosed() {
        try {
            for (long count = awaitRings(); count > 0; count = awaitRings()) {
                long start = System.nanoTime();
                run(count);
                TimeUnit.NANOSECONDS.sleep(Math.max(0, intervalNanos - (System.nanoTime() - start)));
            }
        } catch (InterruptedException e) {
            // By close(), which does not wait for a process.
            return;
        }
    }

    /** Returns how many rings there are to run for; 0 when there will be none any more. */
    private long awaitRings() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting == 0 && !closed) {
                changed.await();
            }
            long count = closed ? 0 : waiting;
            waiting = 0;
            return count;
        } finally {
            lock.unlock();
        }
    }

    private void run(long count) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(new File("/proc/self/fd/2")));
        builder.environment().put("JINN_VM", vm);
        builder.environment().put("JINN_DOORBELL", doorbell);
        builder.environment().put("JINN_COUNT", Long.toString(count));
        try {
            int exitCode = builder.start().waitFor();
            if (exitCode != 0) {
                warnings.accept("doorbell " + doorbell + ": '" + command.getFirst() + "' ended with " + exitCode);
            }
        } catch (IOException e) {
            warnings.accept("doorbell " + doorbell + ": cannot run '" + command.getFirst() + "': " + e.getMessage());
        }
    }

    /** Runs nothing any more. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        thread.interrupt();
    }
}
