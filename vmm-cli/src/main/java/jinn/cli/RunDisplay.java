package jinn.cli;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import jinn.doorbell.DoorbellStatus;
import jinn.vm.LaunchPhase;
import jinn.vm.VmListener;
import jinn.vm.VmState;

/**
 * Shows rings and warnings of a running VM.
 *
 * <p>The event loop only leaves the news here; a thread of its own writes them, because a terminal can block. A doorbell
 * that rings often gets a line with its newest count at most every {@value #INTERVAL_MS} ms.
 */
final class RunDisplay implements VmListener, AutoCloseable {

    private static final long INTERVAL_MS = 200;

    /** While the terminal is held, lines beyond these are dropped; the sender limits their rate. */
    private static final int MAX_WAITING_LINES = 256;

    private final String vmName;
    private final Consumer<List<String>> messages;
    private final boolean showRings;

    /** Guards everything below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition news = lock.newCondition();
    private final Map<String, DoorbellStatus> rings = new LinkedHashMap<>();
    private final Queue<String> lines = new ArrayDeque<>();
    private boolean closed;
    private long nextShowNanos = System.nanoTime();

    private final Thread thread = new Thread(this::showUntilClosed, "display");

    /**
     * Starts to show.
     *
     * @param messages takes lines that belong together, on the display's thread, and may block
     * @param showRings whether rings, pauses and readiness are shown; warnings are always
     */
    RunDisplay(String vmName, Consumer<List<String>> messages, boolean showRings) {
        this.vmName = vmName;
        this.messages = messages;
        this.showRings = showRings;
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void doorbellRang(DoorbellStatus status) {
        if (showRings) {
            leave(() -> rings.put(status.name(), status));
        }
    }

    @Override
    public void warned(String message) {
        leaveLine("jinn: " + message);
    }

    @Override
    public void stateChanged(VmState state) {
        if (showRings) {
            leaveLine("vm " + vmName + ": " + (state == VmState.PAUSED ? "paused" : "resumed"));
        }
    }

    @Override
    public void reached(LaunchPhase phase) {
        if (showRings && phase == LaunchPhase.READY) {
            leaveLine("vm " + vmName + ": ready");
        }
    }

    /** Shows who will deliver each doorbell, and why if that is not the kernel. */
    void showPaths(List<DoorbellStatus> doorbells) {
        // All of them, however many: it is done once, and no guest makes more of them.
        leave(() -> doorbells.forEach(doorbell -> lines.add(DoorbellText.path(doorbell))));
    }

    private void leaveLine(String line) {
        leave(() -> {
            if (lines.size() < MAX_WAITING_LINES) {
                lines.add(line);
            }
        });
    }

    /** Shows what is left and ends the thread. */
    @Override
    public void close() {
        leave(() -> closed = true);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void leave(Runnable change) {
        lock.lock();
        try {
            change.run();
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    private void showUntilClosed() {
        boolean more = true;
        while (more) {
            List<String> due = new ArrayList<>();
            more = await(due);
            messages.accept(due);
        }
    }

    /** Waits for news and moves them to {@code due}; returns false when these are the last. */
    private boolean await(List<String> due) {
        lock.lock();
        try {
            while (!closed && rings.isEmpty() && lines.isEmpty()) {
                news.awaitUninterruptibly();
            }
            holdBack();
            due.addAll(lines);
            rings.values().forEach(ring -> due.add(DoorbellText.ring(ring)));
            lines.clear();
            rings.clear();
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Lets the interval since the last lines pass, so that many rings become one line. */
    private void holdBack() {
        try {
            long left = nextShowNanos - System.nanoTime();
            while (!closed && left > 0) {
                left = news.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            closed = true;
        }
        nextShowNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(INTERVAL_MS);
    }
}
