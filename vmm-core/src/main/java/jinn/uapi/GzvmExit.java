package jinn.uapi;

/** The values of exit_reason and of the codes inside an exit record. */
public final class GzvmExit {

    /** The hypervisor could not say why. */
    public static final int UNKNOWN = 0x92920000;

    /** A load, or a store that no doorbell took. */
    public static final int MMIO = 0x92920001;

    /** A guest hypercall that the driver does not serve. */
    public static final int HYPERCALL = 0x92920002;

    /** A host interrupt; the driver handles it. */
    public static final int IRQ = 0x92920003;

    /** A guest exception that the driver does not serve. */
    public static final int EXCEPTION = 0x92920004;

    /** A debug event. */
    public static final int DEBUG = 0x92920005;

    /** The processor refused to enter the guest. */
    public static final int FAIL_ENTRY = 0x92920006;

    /** The hypervisor cannot go on. */
    public static final int INTERNAL_ERROR = 0x92920007;

    /** The guest asked for power-off, reset or the like. */
    public static final int SYSTEM_EVENT = 0x92920008;

    /** The VM has been shut down. */
    public static final int SHUTDOWN = 0x92920009;

    /** The hypervisor wants to be entered again; the driver does it. */
    public static final int GZ = 0x9292000a;

    /** The vCPU waits for an interrupt; the driver handles it. */
    public static final int IDLE = 0x9292000b;

    /** The vCPU sent an interrupt to another one; the driver handles it. */
    public static final int IPI = 0x9292000d;

    /** A guest-physical page without backing. */
    public static final int EXCEPTION_PAGE_FAULT = 1;

    /** PSCI SYSTEM_OFF. */
    public static final int SYSTEM_EVENT_SHUTDOWN = 1;

    /** PSCI SYSTEM_RESET. */
    public static final int SYSTEM_EVENT_RESET = 2;

    /** The guest has crashed. */
    public static final int SYSTEM_EVENT_CRASH = 3;

    private GzvmExit() {}
}
