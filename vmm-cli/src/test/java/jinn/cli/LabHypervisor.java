package jinn.cli;

/** What the lab's host runs VMs on: a device must be the same on both. */
enum LabHypervisor {
    /** gzvm.ko on gzhyp. */
    GZVM("gzhyp"),
    /** The host kernel's own, without gzhyp. */
    KVM("none");

    private final String below;

    /**
     * Makes a hypervisor.
     *
     * @param below what the host runs on: the variable LAB_HYP of the lab
     */
    LabHypervisor(String below) {
        this.below = below;
    }

    /** Returns a machine whose host has this hypervisor and no other, to be given commands. */
    LabBoot machine() {
        return new LabBoot().variable("LAB_HYP", below);
    }
}
