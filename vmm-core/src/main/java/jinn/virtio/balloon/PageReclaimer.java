package jinn.virtio.balloon;

import jinn.memory.IoVector;

/** Gives guest memory back to the host. */
@FunctionalInterface
public interface PageReclaimer {

    /**
     * Lets the host have the memory behind the pieces. The guest finds zeroes there when it uses them again. What cannot be
     * given back stays as it is.
     *
     * @param pieces whole pages of guest RAM
     */
    void reclaim(IoVector pieces);
}
