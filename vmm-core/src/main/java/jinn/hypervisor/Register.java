package jinn.hypervisor;

/** The registers that a VMM sets before a guest's first instruction. */
public enum Register {
    /** First argument; the address of the device tree at the kernel's entry. */
    X0,
    /** Program counter. */
    PC,
    /** Processor state, in the format of SPSR_EL2. */
    PSTATE
}
