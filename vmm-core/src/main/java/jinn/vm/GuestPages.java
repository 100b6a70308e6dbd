package jinn.vm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jinn.doorbell.delivery.WarningLimiter;
import jinn.hypervisor.Vm;
import jinn.memory.GuestMemory;
import jinn.memory.IoVector;
import jinn.posix.Mapping;
import jinn.virtio.balloon.PageReclaimer;

/** Gives pages of a VM's RAM back to the host: first the guest loses them, then the memfd does. */
final class GuestPages implements PageReclaimer {

    private static final long PAGE_BYTES = 4096;

    private final Vm vm;
    private final GuestMemory.Region region;
    private final WarningLimiter warnings;

    GuestPages(Vm vm, GuestMemory.Region region, WarningLimiter warnings) {
        this.vm = vm;
        this.region = region;
        this.warnings = warnings;
    }

    /** Neighbours, in either order, go back in one piece. */
    @Override
    public void reclaim(IoVector pieces) {
        MemorySegment elements = pieces.elements();
        long start = 0;
        long end = 0;
        for (int i = 0; i < pieces.count(); i++) {
            long element = (long) IoVector.ELEMENT_BYTES * i;
            long first = elements.get(ValueLayout.JAVA_LONG, element);
            long last = first + elements.get(ValueLayout.JAVA_LONG, element + Long.BYTES);
            if (first == end) {
                end = last;
            } else if (last == start) {
                start = first;
            } else {
                reclaim(start, end);
                start = first;
                end = last;
            }
        }
        reclaim(start, end);
    }

    /* A guest may name parts of pages: those stay. */
    private void reclaim(long start, long end) {
        long first = (start + PAGE_BYTES - 1) & -PAGE_BYTES;
        long bytes = (end & -PAGE_BYTES) - first;
        if (bytes <= 0) {
            return;
        }
        long address = first - region.host().address() + region.guestAddress();
        if (!vm.discard(address, bytes) || !Mapping.free(first, bytes)) {
            warnings.warn(() -> "this host's hypervisor cannot take memory back from a running guest");
        }
    }
}
