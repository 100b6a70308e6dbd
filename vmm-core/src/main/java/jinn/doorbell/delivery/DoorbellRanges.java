package jinn.doorbell.delivery;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import jinn.hypervisor.DoorbellKey;

/** The address ranges that user doorbells occupy outside the doorbell window. */
public final class DoorbellRanges {

    /** The widest store there is; a doorbell of any width claims as much. */
    private static final int WIDEST_STORE_BYTES = 8;

    private DoorbellRanges() {}

    /**
     * A range of guest-physical addresses.
     *
     * @param first the first byte's address
     * @param last the last byte's address
     */
    public record Range(long first, long last) {

        /** Returns the size in bytes. */
        public long bytes() {
            return last - first + 1;
        }

        private boolean touches(Range next) {
            return Long.compareUnsigned(next.first, last) <= 0;
        }
    }

    /**
     * Returns the bytes of all doorbells that do not start in the window, as ranges in ascending order without overlaps.
     * Two doorbells may share bytes, since only their start addresses tell them apart.
     */
    public static List<Range> outside(Range window, List<DoorbellKey> keys) {
        List<Range> merged = new ArrayList<>();
        keys.stream()
                .filter(key -> !contains(window, key.address()))
                .map(DoorbellRanges::bytesOf)
                .sorted(Comparator.comparing(Range::first, Long::compareUnsigned))
                .forEach(range -> append(merged, range));
        return List.copyOf(merged);
    }

    private static void append(List<Range> merged, Range range) {
        if (merged.isEmpty() || !merged.getLast().touches(range)) {
            merged.add(range);
            return;
        }
        Range previous = merged.removeLast();
        long last = Long.compareUnsigned(previous.last, range.last) > 0 ? previous.last : range.last;
        merged.add(new Range(previous.first, last));
    }

    private static boolean contains(Range range, long address) {
        return Long.compareUnsigned(address, range.first) >= 0 && Long.compareUnsigned(address, range.last) <= 0;
    }

    private static Range bytesOf(DoorbellKey key) {
        int bytes = key.length() == 0 ? WIDEST_STORE_BYTES : key.length();
        return new Range(key.address(), key.address() + bytes - 1);
    }
}
