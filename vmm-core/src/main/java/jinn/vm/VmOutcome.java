package jinn.vm;

/** How a virtual machine ended. */
public sealed interface VmOutcome {

    /** The guest called PSCI SYSTEM_OFF. */
    record PoweredOff() implements VmOutcome {}

    /** The guest called PSCI SYSTEM_RESET. */
    record Reset() implements VmOutcome {}

    /** The guest cannot go on; {@code reason} says why in words. */
    record Crashed(String reason) implements VmOutcome {}

    /**
     * The guest touched a guest-physical address where nothing is.
     *
     * @param write whether it was a store
     * @param size width in bytes
     * @param value the stored value; 0 for a load
     */
    record UnmappedAccess(int vcpu, long address, boolean write, int size, long value) implements VmOutcome {}

    /** The guest rang a doorbell that ends the VM. */
    record ShutDownByDoorbell(String doorbell) implements VmOutcome {}

    /** Somebody on the host asked for the end. */
    record Stopped() implements VmOutcome {}
}
