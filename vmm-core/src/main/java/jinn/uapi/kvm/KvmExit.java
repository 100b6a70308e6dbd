package jinn.uapi.kvm;

/** The values of exit_reason and of the codes inside an exit record. */
public final class KvmExit {

    /** A load, or a store that no doorbell took. */
    public static final int MMIO = 6;

    /** The processor refused to enter the guest. */
    public static final int FAIL_ENTRY = 9;

    /** A signal; RUN has returned EINTR. */
    public static final int INTR = 10;

    /** The kernel cannot go on. */
    public static final int INTERNAL_ERROR = 17;

    /** The guest asked for power-off, reset or the like. */
    public static final int SYSTEM_EVENT = 24;

    /** An access out of memory by an instruction that the syndrome register does not describe. */
    public static final int ARM_NISV = 28;

    /** PSCI SYSTEM_OFF. */
    public static final int SYSTEM_EVENT_SHUTDOWN = 1;

    /** PSCI SYSTEM_RESET. */
    public static final int SYSTEM_EVENT_RESET = 2;

    /** The guest has crashed. */
    public static final int SYSTEM_EVENT_CRASH = 3;

    private KvmExit() {}
}
