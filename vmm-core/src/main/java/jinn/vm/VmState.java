package jinn.vm;

/** What a VM that has been assembled is doing. */
public enum VmState {
    /** Its vCPUs run, or will when {@link VirtualMachine#run} is called. */
    RUNNING,
    /** Its vCPUs and devices stand still until {@link VirtualMachine#resume}. */
    PAUSED,
    /** It has ended; {@link VirtualMachine#run} has returned or is about to. */
    ENDED
}
