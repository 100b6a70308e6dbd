package jinn.bus;

import java.util.Arrays;
import jinn.error.ConfigException;

/**
 * The guest-physical address space outside RAM: ranges, each owned by one device.
 *
 * <p>Lookups come from all vCPU threads at once and take no lock: they search an array that is replaced, never changed.
 */
public final class MmioBus {

    /** Ordered by first address, without overlaps. */
    private volatile Range[] ranges = {};

    /**
     * A range of the address space and the device in it.
     *
     * @param owner what the device is called in messages
     * @param first guest-physical address of the first byte
     * @param last guest-physical address of the last byte
     */
    public record Range(String owner, long first, long last, MmioDevice device) {

        /** Serves a guest load at a guest-physical address inside this range. */
        public long read(long address, int size) {
            return device.read(address - first, size);
        }

        /** Serves a guest store at a guest-physical address inside this range. */
        public void write(long address, int size, long value) {
            device.write(address - first, size, value);
        }

        private boolean overlaps(Range other) {
            return Long.compareUnsigned(first, other.last) <= 0 && Long.compareUnsigned(other.first, last) <= 0;
        }

        @Override
        public String toString() {
            return String.format("%s (0x%08x-0x%08x)", owner, first, last);
        }
    }

    /**
     * Puts a device on the bus.
     *
     * @param owner what the device is called in messages
     * @param address guest-physical address of its first byte
     * @param bytes its size, at least 1
     * @throws ConfigException naming both owners, when the range overlaps another one
     */
    public synchronized void add(String owner, long address, long bytes, MmioDevice device) {
        long last = address + bytes - 1;
        if (bytes <= 0 || Long.compareUnsigned(last, address) < 0) {
            throw new IllegalArgumentException(
                    String.format("%s: %d bytes at 0x%08x are no range", owner, bytes, address));
        }
        Range added = new Range(owner, address, last, device);
        for (Range range : ranges) {
            if (added.overlaps(range)) {
                throw new ConfigException("cannot place " + added + ": overlaps " + range);
            }
        }
        Range[] changed = Arrays.copyOf(ranges, ranges.length + 1);
        changed[ranges.length] = added;
        Arrays.sort(changed, (a, b) -> Long.compareUnsigned(a.first, b.first));
        ranges = changed;
    }

    /**
     * Returns the range that holds all of an access, or null when none does.
     *
     * @param address guest-physical address of the access
     * @param size its width in bytes
     */
    public Range find(long address, int size) {
        Range[] current = ranges;
        int low = 0;
        int high = current.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Range range = current[middle];
            if (Long.compareUnsigned(address, range.first) < 0) {
                high = middle - 1;
            } else if (Long.compareUnsigned(address, range.last) > 0) {
                low = middle + 1;
            } else {
                return range.last - address >= size - 1 ? range : null;
            }
        }
        return null;
    }
}
