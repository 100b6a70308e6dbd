package jinn.hypervisor;

/** What creates virtual machines. Closing it does not end them. */
public interface Hypervisor extends AutoCloseable {

    /** Returns what it is and can do. */
    HypervisorTraits traits();

    /**
     * Creates a VM without memory or vCPUs.
     *
     * @param name the name that messages call it by
     * @throws jinn.error.SyscallException when the hypervisor refuses
     */
    Vm createVm(String name);

    @Override
    void close();
}
