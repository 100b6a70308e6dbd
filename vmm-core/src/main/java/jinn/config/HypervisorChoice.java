package jinn.config;

/** Which hypervisor of the host runs the VM. */
public enum HypervisorChoice {
    /** {@code /dev/gzvm} where that exists, else {@code /dev/kvm}. */
    AUTO,
    /** {@code /dev/gzvm}. */
    GZVM,
    /** {@code /dev/kvm}. */
    KVM
}
