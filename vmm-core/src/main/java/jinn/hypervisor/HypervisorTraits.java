package jinn.hypervisor;

import java.util.List;

/**
 * What a hypervisor is and can do.
 *
 * @param flavour whose it is, in one word
 * @param guestAddressBits width of a guest-physical address in bits; 0 when unknown
 * @param protectedVms whether it offers VMs whose memory the host cannot reach
 * @param locksMemory whether a VM's memory counts against the process's limit of locked memory (RLIMIT_MEMLOCK)
 * @param features the names of its extensions
 */
public record HypervisorTraits(
        String flavour, int guestAddressBits, boolean protectedVms, boolean locksMemory, List<String> features) {

    /** Copies the list. */
    public HypervisorTraits {
        features = List.copyOf(features);
    }
}
