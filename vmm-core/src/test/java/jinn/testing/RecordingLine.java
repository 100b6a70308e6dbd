package jinn.testing;

import java.util.concurrent.atomic.AtomicInteger;
import jinn.virtio.InterruptLine;

/** Counts interrupts. */
public final class RecordingLine implements InterruptLine {

    private final AtomicInteger count = new AtomicInteger();

    @Override
    public void raise() {
        count.incrementAndGet();
    }

    /** Returns the number of interrupts since the last call. */
    public int take() {
        return count.getAndSet(0);
    }
}
