package jinn.virtio;

/** A device's edge into the guest's interrupt controller. */
@FunctionalInterface
public interface InterruptLine {

    /** Makes the interrupt pending. Never blocks; safe from any thread. */
    void raise();
}
