package jinn.doorbell.delivery;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import jinn.bus.MmioDevice;

/**
 * The bytes of user doorbells as a device on the bus: what the driver does not take arrives here.
 *
 * <p>A load gives 0. A store that matches a doorbell rings it, one that matches none is counted and warned of.
 */
public final class DoorbellWindow implements MmioDevice {

    private final long base;
    private final Doorbell[] byAddress;
    private final WarningLimiter warnings;
    private final LongAdder unmatchedStores = new LongAdder();

    /**
     * Makes the device.
     *
     * @param base guest-physical address of offset 0
     * @param doorbells the user doorbells, also those outside the window
     */
    public DoorbellWindow(long base, List<Doorbell> doorbells, WarningLimiter warnings) {
        this.base = base;
        this.byAddress = doorbells.toArray(Doorbell[]::new);
        this.warnings = warnings;
        Arrays.sort(
                byAddress,
                (a, b) -> Long.compareUnsigned(a.key().address(), b.key().address()));
    }

    @Override
    public long read(long offset, int size) {
        return 0;
    }

    @Override
    public void write(long offset, int size, long value) {
        long address = base + offset;
        for (int i = firstAt(address);
                i < byAddress.length && byAddress[i].key().address() == address;
                i++) {
            // No two can match: registering the second one would have failed.
            if (byAddress[i].key().matches(address, size, value)) {
                byAddress[i].ringFromUserspace();
                return;
            }
        }
        unmatchedStores.increment();
        warnings.warn(() -> String.format(
                "the guest stored 0x%x to 0x%08x/%d in the doorbell window, where no doorbell matches",
                value, address, size));
    }

    /** Returns how many stores matched no doorbell. */
    public long unmatchedStores() {
        return unmatchedStores.sum();
    }

    /** Returns the index of the first doorbell at or above {@code address}. */
    private int firstAt(long address) {
        int low = 0;
        int high = byAddress.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(byAddress[middle].key().address(), address) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
