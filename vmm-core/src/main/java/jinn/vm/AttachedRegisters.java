package jinn.vm;

import java.util.Optional;
import jinn.error.SyscallException;
import jinn.hypervisor.Vm;
import jinn.posix.Errno;
import jinn.virtio.mmio.MmioTransport;

/**
 * How a device's driver reaches its registers beside the queues' doorbells.
 *
 * @param inMemory whether it reads them from memory
 * @param reason why something leaves the vCPU for each interrupt; empty when nothing does
 * @param swallowed the acknowledgements that the kernel keeps
 */
record AttachedRegisters(boolean inMemory, String reason, Optional<SwallowedAcknowledgements> swallowed) {

    /**
     * Lets the driver read from memory and acknowledge in the kernel, as far as the host can.
     *
     * @param index the device's place
     * @param base its guest-physical address
     * @param resources learns how to take it back
     */
    static AttachedRegisters attach(
            Vm vm, RegisterPages pages, int index, long base, MmioTransport transport, UndoStack resources) {
        if (pages.page(index).isEmpty()) {
            return new AttachedRegisters(false, pages.reason(), Optional.empty());
        }
        transport.showIn(pages.page(index).orElseThrow(), pages.cleaner());
        try {
            SwallowedAcknowledgements swallowed = SwallowedAcknowledgements.bind(vm, base);
            resources.push(swallowed::close);
            return new AttachedRegisters(true, "", Optional.of(swallowed));
        } catch (SyscallException e) {
            if (e.errno() != Errno.ENOSPC.number()) {
                throw e;
            }
            String reason = "the driver has no doorbell left for acknowledgements: " + Errno.describe(e.errno());
            return new AttachedRegisters(true, reason, Optional.empty());
        }
    }

    RegisterStatus status(String name, KickedTransport counters) {
        return new RegisterStatus(
                name,
                inMemory,
                reason,
                counters.statusReads(),
                swallowed.map(SwallowedAcknowledgements::count).orElse(0L),
                counters.acknowledgements());
    }
}
