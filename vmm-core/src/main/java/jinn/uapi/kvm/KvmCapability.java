package jinn.uapi.kvm;

/** The capabilities that CHECK_EXTENSION answers about. */
public final class KvmCapability {

    /** SET_USER_MEMORY_REGION. */
    public static final int USER_MEMORY = 3;

    /** IRQFD. */
    public static final int IRQFD = 32;

    /** IOEVENTFD. */
    public static final int IOEVENTFD = 36;

    /** Memory slots that the guest may only read. */
    public static final int READONLY_MEM = 81;

    /** SET_ONE_REG. */
    public static final int ONE_REG = 70;

    /** CREATE_DEVICE and SET_DEVICE_ATTR. */
    public static final int DEVICE_CTRL = 89;

    /** PSCI 0.2 and later, served by the kernel. */
    public static final int ARM_PSCI_0_2 = 102;

    /** IOEVENTFD of length 0. */
    public static final int IOEVENTFD_ANY_LENGTH = 122;

    /** immediate_exit in the run page. */
    public static final int IMMEDIATE_EXIT = 136;

    /** The widest guest-physical address in bits; 0 when CREATE_VM knows 40 bits only. */
    public static final int ARM_VM_IPA_SIZE = 165;

    /** To be enabled: accesses that the processor does not describe are exits instead of ENOSYS. */
    public static final int ARM_NISV_TO_USER = 177;

    /** The guest can read the host's clock by hypercall. */
    public static final int PTP_KVM = 198;

    private KvmCapability() {}
}
