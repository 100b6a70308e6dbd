package jinn.virtio.fuzz;

import java.util.SplittableRandom;

/** A second CPU of the hostile guest, which writes to the rings while the device reads them. */
final class Scribbler implements AutoCloseable {

    private final HostileMemory ram;
    private final SplittableRandom random;
    private final Thread thread;
    private volatile boolean active;
    private volatile boolean idle = true;
    private volatile boolean over;

    /** Starts the thread, which waits for {@link #resume}. */
    Scribbler(HostileMemory ram, SplittableRandom random) {
        this.ram = ram;
        this.random = random;
        this.thread = Thread.ofPlatform().name("scribbler").start(this::run);
    }

    void resume() {
        active = true;
    }

    /** Returns when nothing is written any more. */
    void pause() {
        active = false;
        while (!idle) {
            Thread.onSpinWait();
        }
    }

    private void run() {
        while (!over) {
            if (!active) {
                idle = true;
                Thread.onSpinWait();
                continue;
            }
            idle = false;
            // Whoever paused before the line above may have seen "idle" and gone on.
            if (active) {
                ram.scribble(random, 2 * HostileDriver.QUEUE_STRIDE);
            }
        }
    }

    @Override
    public void close() {
        over = true;
        while (thread.isAlive()) {
            Thread.onSpinWait();
        }
    }
}
