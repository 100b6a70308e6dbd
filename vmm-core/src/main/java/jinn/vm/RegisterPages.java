package jinn.vm;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.Consumer;
import jinn.boot.GuestLayout;
import jinn.config.ProtectionMode;
import jinn.config.VmConfig;
import jinn.error.SyscallException;
import jinn.hypervisor.Vm;
import jinn.posix.CacheCleaner;
import jinn.posix.Errno;
import jinn.posix.Mapping;
import jinn.posix.MemFd;

/**
 * The memory that a guest reads in the place of its virtio devices' registers: a page for each device, in one slot.
 *
 * @param memory all of it, at {@link GuestLayout#VIRTIO}; nothing where each read leaves the vCPU
 * @param cleaner is given what has been stored there
 * @param reason why there is none; empty when there is
 */
record RegisterPages(Optional<MemorySegment> memory, Consumer<MemorySegment> cleaner, String reason) {

    private static final String FORCED = "the user-space path was asked for";
    private static final String PROTECTED = "a protected guest has no memory that it may only read";
    private static final String NO_DEVICES = "there are no devices";
    private static final String UNKNOWN = "the hypervisor has no memory that a guest may only read";

    /**
     * Takes the memory from the host, before there is a VM.
     *
     * @param resources learns how to give it back
     */
    static RegisterPages create(VmConfig config, VmOptions options, UndoStack resources) {
        if (options.userspaceDoorbells()) {
            return none(FORCED);
        }
        if (config.protection().mode() == ProtectionMode.PROTECTED) {
            return none(PROTECTED);
        }
        if (config.devices().isEmpty()) {
            return none(NO_DEVICES);
        }
        CacheCleaner cleaner;
        try {
            cleaner = CacheCleaner.create();
        } catch (SyscallException e) {
            return none("this host lets no program clean the caches: " + Errno.describe(e.errno()));
        }
        resources.push(cleaner::close);
        long bytes = config.devices().size() * GuestLayout.VIRTIO_STRIDE_BYTES;
        MemFd memFd = MemFd.create("jinn-registers-" + config.name(), bytes);
        resources.push(memFd::close);
        Mapping mapping = Mapping.of(memFd);
        resources.push(mapping::close);
        return new RegisterPages(Optional.of(mapping.segment()), cleaner::clean, "");
    }

    private static RegisterPages none(String reason) {
        return new RegisterPages(Optional.empty(), ignored -> {}, reason);
    }

    /** Gives the memory to the guest, and returns what has become of it. */
    RegisterPages giveTo(Vm vm, int slot) {
        boolean given =
                memory.isEmpty() || vm.addReadOnlyMemory(slot, GuestLayout.virtioAddress(0), memory.orElseThrow());
        return given ? this : none(UNKNOWN);
    }

    /** Returns the page of a device, by the device's place. */
    Optional<MemorySegment> page(int index) {
        return memory.map(all -> all.asSlice(index * GuestLayout.VIRTIO_STRIDE_BYTES, GuestLayout.VIRTIO_STRIDE_BYTES));
    }
}
