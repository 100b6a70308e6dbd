package jinn.doorbell.delivery;

import jinn.hypervisor.DoorbellKey;

/**
 * A doorbell that somebody wants.
 *
 * @param name unique in the VM
 * @param key the stores that ring it
 * @param fallback what to do when the driver cannot tell it from another doorbell at its address
 */
public record DoorbellRequest(String name, DoorbellKey key, Fallback fallback, DoorbellHandler handler) {

    /** The way out when the driver refuses with EEXIST. */
    public enum Fallback {
        /** One doorbell for any value rings all at the address. Right where a ring is a hint, as for a virtqueue. */
        SHARED,
        /** The store leaves the vCPU. Right where a ring must not be counted for the wrong doorbell. */
        USERSPACE
    }

    @Override
    public String toString() {
        return "'" + name + "' at " + key;
    }
}
