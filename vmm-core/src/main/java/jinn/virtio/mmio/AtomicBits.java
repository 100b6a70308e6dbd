package jinn.virtio.mmio;

import java.util.concurrent.atomic.AtomicInteger;

/** A word of flags that several threads set and clear. Allocates nothing: the lambdas capture nothing. */
final class AtomicBits {

    private final AtomicInteger bits = new AtomicInteger();

    int get() {
        return bits.get();
    }

    /** Sets the bits of a mask and returns the word as it was before. */
    int set(int mask) {
        return bits.getAndAccumulate(mask, (now, ones) -> now | ones);
    }

    /** Clears the bits of a mask and returns the word as it was before. */
    int clear(int mask) {
        return bits.getAndAccumulate(mask, (now, ones) -> now & ~ones);
    }

    void clearAll() {
        bits.set(0);
    }
}
