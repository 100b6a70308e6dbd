package jinn.hypervisor;

/**
 * A virtual processor. One thread runs it; {@link #requestExit} alone may be called from others.
 *
 * <p>After an {@link VcpuExit.Mmio} load, {@link #completeLoad} gives the value before the next {@link #run}.
 */
public interface Vcpu extends AutoCloseable {

    /** Returns its number in the VM, from 0. */
    int id();

    /**
     * Sets a register. To be called before the first {@link #run}.
     *
     * @throws jinn.error.SyscallException when the hypervisor refuses, as it does for most registers of a vCPU that is
     *     powered off
     */
    void setRegister(Register register, long value);

    /**
     * Runs the guest until something needs user space; blocks meanwhile.
     *
     * @return the reason. The object may be the same at each call: read it before the next one.
     */
    VcpuExit run();

    /** Gives the value of the load that {@link #run} has just returned. */
    void completeLoad(long value);

    /** Answers the hypercall that {@link #run} has just returned with NOT_SUPPORTED (SMCCC). */
    void refuseHypercall();

    /**
     * Makes the next {@link #run} return {@link VcpuExit.Interrupted} without entering the guest. A run that has begun
     * needs a kick of its thread as well.
     */
    void requestExit();

    /** Gives the vCPU up. It must not be running. */
    @Override
    void close();
}
