package jinn.virtio.balloon;

import java.util.OptionalLong;

/**
 * What the guest says of its memory, in bytes; empty where it does not say (virtio 1.2 section 5.5.6.4). It is hearsay:
 * nothing may depend on it.
 *
 * @param swapIn read from swap since boot
 * @param swapOut written to swap since boot
 * @param majorFaults page faults that needed a disk, a count
 * @param minorFaults other page faults, a count
 * @param free not used for anything
 * @param total all that the guest's system has
 * @param available what programs could still get without swapping
 * @param caches used to cache files
 */
public record BalloonStatistics(
        OptionalLong swapIn,
        OptionalLong swapOut,
        OptionalLong majorFaults,
        OptionalLong minorFaults,
        OptionalLong free,
        OptionalLong total,
        OptionalLong available,
        OptionalLong caches) {

    /** Nothing was said yet. */
    public static final BalloonStatistics NONE = of(new OptionalLong[0]);

    /** Takes the values by their tags, which are the positions. */
    static BalloonStatistics of(OptionalLong[] values) {
        return new BalloonStatistics(
                at(values, 0),
                at(values, 1),
                at(values, 2),
                at(values, 3),
                at(values, 4),
                at(values, 5),
                at(values, 6),
                at(values, 7));
    }

    private static OptionalLong at(OptionalLong[] values, int tag) {
        return tag < values.length && values[tag] != null ? values[tag] : OptionalLong.empty();
    }
}
