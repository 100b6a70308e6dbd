package jinn.vm;

/**
 * What the interrupts of a virtio device cost its driver so far: one look at InterruptStatus and one acknowledgement each.
 *
 * @param name the device
 * @param inMemory whether the driver reads registers from memory, without leaving the vCPU
 * @param reason why a read or an acknowledgement leaves the vCPU; empty when neither has to
 * @param statusReads reads of InterruptStatus that left a vCPU
 * @param kernelAcks acknowledgements that ended in the kernel
 * @param userspaceAcks acknowledgements that left a vCPU; those of changed configurations always do
 */
public record RegisterStatus(
        String name, boolean inMemory, String reason, long statusReads, long kernelAcks, long userspaceAcks) {}
