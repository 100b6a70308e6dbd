package jinn.hypervisor;

import java.lang.foreign.MemorySegment;
import jinn.error.HostException;
import jinn.posix.EventFd;

/**
 * A virtual machine of the hypervisor.
 *
 * <p>Addresses are guest-physical. Every method may be called from any thread, and throws {@link
 * jinn.error.SyscallException} when the hypervisor refuses. The order is: memory, interrupt controller, vCPUs, the rest.
 */
public interface Vm extends AutoCloseable {

    /**
     * Gives the guest RAM.
     *
     * @param slot the region's number, from 0
     * @param address where the guest sees it
     * @param host the memory behind it, alone in its mapping; it must outlive the VM
     */
    void addMemory(int slot, long address, MemorySegment host);

    /**
     * Gives the guest RAM that the host goes on sharing when the VM is protected: the only memory that devices reach.
     *
     * @param slot the region's number, from 0
     * @param address where the guest sees it
     * @param host the memory behind it, alone in its mapping; it must outlive the VM
     * @throws HostException when the hypervisor has no protected VMs
     */
    default void addSharedMemory(int slot, long address, MemorySegment host) {
        throw noProtection();
    }

    /**
     * Gives the guest memory that it may only read. Its stores there are what they are where no memory is: they ring
     * doorbells, or leave the vCPU as MMIO. A guest that maps it as device memory reads past the host's caches.
     *
     * @param slot the region's number, from 0
     * @param address where the guest sees it
     * @param host the memory behind it, alone in its mapping; it must outlive the VM
     * @return whether the hypervisor has such memory; otherwise nothing has changed
     */
    boolean addReadOnlyMemory(int slot, long address, MemorySegment host);

    /**
     * Protects the VM, which has not run yet: from now on the host loses each page of its memory that the guest uses, but
     * for shared memory. A host access to a lost page raises SIGBUS.
     *
     * @throws HostException when the hypervisor has no protected VMs
     */
    default void protect() {
        throw noProtection();
    }

    /**
     * Takes pages from the guest, so that the caller can give the memory behind them back to the host. The guest's next
     * access gets what is there then.
     *
     * @param address guest-physical, a multiple of 4096
     * @param bytes a multiple of 4096, inside one slot
     * @return whether it was done; otherwise the guest goes on with the pages that it has
     */
    boolean discard(long address, long bytes);

    private static HostException noProtection() {
        return new HostException("cannot protect the VM: this hypervisor has no protected VMs; set $.protection.mode to"
                + " \"none\", or use /dev/gzvm");
    }

    /**
     * Makes the GICv3.
     *
     * @param distributor address of the distributor's registers
     * @param distributorBytes their size
     * @param redistributors address of vCPU 0's redistributor; the others follow it
     * @param redistributorBytes size of all redistributors
     */
    void createInterruptController(
            long distributor, long distributorBytes, long redistributors, long redistributorBytes);

    /** Makes the vCPU {@code id}. All but vCPU 0 start powered off. */
    Vcpu createVcpu(int id);

    /** Tells the hypervisor where the device tree is. */
    void setDeviceTree(long address, long bytes);

    /**
     * Makes guest stores that match {@code key} signal {@code target} without a vCPU exit.
     *
     * @throws jinn.error.SyscallException EEXIST when the driver sees a collision with another doorbell, ENOTTY or
     *     EOPNOTSUPP when it has no doorbells
     */
    void assignDoorbell(DoorbellKey key, EventFd target);

    /** Ends {@link #assignDoorbell}. When it returns, {@code target} is signalled no more. */
    void deassignDoorbell(DoorbellKey key, EventFd target);

    /**
     * Makes a signal of {@code source} raise a shared peripheral interrupt once.
     *
     * @param spi its index, INTID - 32
     */
    void assignInterrupt(int spi, EventFd source);

    /** Ends {@link #assignInterrupt}. */
    void deassignInterrupt(int spi, EventFd source);

    /** Gives the VM up. The hypervisor ends it when its vCPUs are closed too. */
    @Override
    void close();
}
