package jinn.doorbell;

/** Who turns the guest's store into a ring. */
public enum DoorbellPath {
    /** The driver signals an eventfd and resumes the guest. */
    KERNEL,
    /** The driver signals one eventfd for several doorbells at this address; Java rings them all. */
    SHARED,
    /** The store leaves the vCPU and the vCPU thread rings the doorbell. */
    USERSPACE
}
