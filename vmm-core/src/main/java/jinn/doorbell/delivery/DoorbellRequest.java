package jinn.doorbell.delivery;

import java.util.Optional;
import jinn.hypervisor.DoorbellKey;
import jinn.posix.EventFd;

/**
 * A doorbell that somebody wants.
 *
 * @param name unique in the VM
 * @param key the stores that ring it
 * @param handler runs for rings that are Jinn's to deliver: all of them unless there is a {@code reader}
 * @param reader an eventfd that another process reads; the driver signals it without Jinn, which then cannot count
 * @param fallback what to do when the driver cannot tell it from another doorbell at its address
 */
public record DoorbellRequest(
        String name, DoorbellKey key, Fallback fallback, DoorbellHandler handler, Optional<EventFd> reader) {

    /** Makes a request for a doorbell that Jinn serves. */
    public DoorbellRequest(String name, DoorbellKey key, Fallback fallback, DoorbellHandler handler) {
        this(name, key, fallback, handler, Optional.empty());
    }

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
