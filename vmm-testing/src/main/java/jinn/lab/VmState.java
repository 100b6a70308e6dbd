package jinn.lab;

/** How far the VM of a lab machine is. A machine runs one VM in its life, or none. */
public enum VmState {
    /** There is no VM yet: the machine boots or {@code jinn} starts. */
    STARTING,
    /** The driver has a VM. */
    RUNNING,
    /** The machine's command has ended, and its VM with it. */
    ENDED
}
