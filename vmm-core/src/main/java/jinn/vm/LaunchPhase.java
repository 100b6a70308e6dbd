package jinn.vm;

/** The steps from a description to a guest that speaks, in their order. */
public enum LaunchPhase {
    /** RAM is there. */
    MEMORY,
    /** The hypervisor has made the VM, its vCPUs and its interrupt controller. */
    VM,
    /** The kernel, the initrd and the device tree are in RAM. */
    KERNEL,
    /** Doorbells, serial port and virtio devices are attached. */
    DEVICES,
    /** vCPU 0 is about to enter the guest for the first time. */
    FIRST_ENTRY,
    /** A console has got its first byte. */
    FIRST_OUTPUT,
    /** The consoles have written {@link VmOptions#readyText}. */
    READY
}
