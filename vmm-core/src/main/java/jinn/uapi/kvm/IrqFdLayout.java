package jinn.uapi.kvm;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import jinn.uapi.Fields;

/** struct kvm_irqfd: an eventfd whose signal raises an interrupt of the guest. */
public final class IrqFdLayout {

    /** The structure. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
                    Fields.U32.withName("fd"),
                    Fields.U32.withName("gsi"),
                    Fields.U32.withName("flags"),
                    Fields.U32.withName("resamplefd"),
                    Fields.bytes(16).withName("pad"))
            .withName("kvm_irqfd");

    /** Ends the binding instead of making it. */
    public static final int FLAG_DEASSIGN = 1;

    private static final long FD = Fields.offset(LAYOUT, "fd");
    private static final long GSI = Fields.offset(LAYOUT, "gsi");
    private static final long FLAGS = Fields.offset(LAYOUT, "flags");

    private IrqFdLayout() {}

    /**
     * Fills in a zeroed structure.
     *
     * @param fd the eventfd
     * @param spi the interrupt as an SPI index, INTID - 32: what the GIC routes a GSI to until somebody says otherwise
     */
    public static void set(MemorySegment struct, int fd, int spi, int flags) {
        struct.set(Fields.U32, FD, fd);
        struct.set(Fields.U32, GSI, spi);
        struct.set(Fields.U32, FLAGS, flags);
    }
}
