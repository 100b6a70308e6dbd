package jinn.uapi.kvm;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import jinn.uapi.Fields;

/** struct kvm_ioeventfd: a doorbell, that is a guest store that signals an eventfd. */
public final class IoEventFdLayout {

    /** The structure. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
                    Fields.U64.withName("datamatch"),
                    Fields.U64.withName("addr"),
                    Fields.U32.withName("len"),
                    Fields.U32.withName("fd"),
                    Fields.U32.withName("flags"),
                    Fields.bytes(36).withName("pad"))
            .withName("kvm_ioeventfd");

    /** Only a store of the value in datamatch rings. */
    public static final int FLAG_DATAMATCH = 1;

    /** Removes the doorbell instead of making it. */
    public static final int FLAG_DEASSIGN = 1 << 2;

    private static final long DATAMATCH = Fields.offset(LAYOUT, "datamatch");
    private static final long ADDR = Fields.offset(LAYOUT, "addr");
    private static final long LEN = Fields.offset(LAYOUT, "len");
    private static final long FD = Fields.offset(LAYOUT, "fd");
    private static final long FLAGS = Fields.offset(LAYOUT, "flags");

    private IoEventFdLayout() {}

    /**
     * Fills in a zeroed structure.
     *
     * @param guestAddress guest-physical address of the store
     * @param length width of the store in bytes: 1, 2, 4, 8, or, with IOEVENTFD_ANY_LENGTH, 0 for any
     * @param datamatch the value, when {@code flags} has {@link #FLAG_DATAMATCH}
     * @param fd the eventfd
     */
    public static void set(MemorySegment struct, long guestAddress, int length, long datamatch, int fd, int flags) {
        struct.set(Fields.U64, DATAMATCH, datamatch);
        struct.set(Fields.U64, ADDR, guestAddress);
        struct.set(Fields.U32, LEN, length);
        struct.set(Fields.U32, FD, fd);
        struct.set(Fields.U32, FLAGS, flags);
    }
}
