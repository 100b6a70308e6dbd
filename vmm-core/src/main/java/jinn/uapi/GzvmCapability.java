package jinn.uapi;

/** The capabilities that CHECK_EXTENSION answers about. */
public final class GzvmCapability {

    /** Width of a guest-physical address in bits. */
    public static final long VM_GPA_SIZE = 0xa5;

    /** Protected VMs. A u64: as a C int it would be negative and sign-extended. */
    public static final long PROTECTED_VM = 0xffbadab1L;

    /** Answered by Jinn's own driver only, with a mask of the {@code JINN_} bits. */
    public static final long JINN = 0x4a494e4e;

    /** Several datamatch doorbells may share one address. */
    public static final long JINN_DATAMATCH_SHARED = 1;

    /** A user exit that meets a pending signal is returned, never dropped. */
    public static final long JINN_NO_LOST_EXIT = 1 << 1;

    /** A memory slot can be deleted with size 0. */
    public static final long JINN_SLOT_DELETE = 1 << 2;

    /** Registers of vCPUs can be read in a VM that has asked for it. */
    public static final long JINN_GET_ONE_REG = 1 << 3;

    /** Pages can be taken from the guest until it uses them again. */
    public static final long JINN_DISCARD = 1 << 4;

    /** A slot can be memory that the guest may only read. */
    public static final long JINN_READ_ONLY = 1 << 5;

    private GzvmCapability() {}
}
