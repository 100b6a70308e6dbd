package jinn.vm;

import java.util.OptionalLong;
import jinn.hypervisor.DoorbellKey;
import jinn.hypervisor.Vm;
import jinn.posix.EventFd;
import jinn.virtio.mmio.MmioTransport;

/**
 * A driver's acknowledgements of used buffers, which end in the kernel: they ring a doorbell that nobody waits for.
 *
 * <p>Those of anything else, of a changed configuration too, still leave the vCPU. The eventfd is only a counter; at its
 * maximum it would stand still, and the guest go on.
 */
final class SwallowedAcknowledgements implements AutoCloseable {

    private final Vm vm;
    private final DoorbellKey key;
    private final EventFd counter;
    private long count;

    private SwallowedAcknowledgements(Vm vm, DoorbellKey key, EventFd counter) {
        this.vm = vm;
        this.key = key;
        this.counter = counter;
    }

    /**
     * Begins to swallow.
     *
     * @param base guest-physical address of the device
     * @throws jinn.error.SyscallException when the driver refuses the doorbell
     */
    static SwallowedAcknowledgements bind(Vm vm, long base) {
        DoorbellKey key = new DoorbellKey(
                base + MmioTransport.INTERRUPT_ACK_OFFSET,
                Integer.BYTES,
                OptionalLong.of(MmioTransport.USED_ACKNOWLEDGED));
        EventFd counter = EventFd.create("doorbell " + key);
        try {
            vm.assignDoorbell(key, counter);
            return new SwallowedAcknowledgements(vm, key, counter);
        } catch (RuntimeException e) {
            counter.close();
            throw e;
        }
    }

    /** Returns how many there were so far. Any thread; not after {@link #close}. */
    synchronized long count() {
        count += counter.drain();
        return count;
    }

    @Override
    public void close() {
        try (counter) {
            vm.deassignDoorbell(key, counter);
        }
    }
}
