package jinn.vm;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import jinn.backend.DiskFile;
import jinn.config.DeviceConfig;
import jinn.doorbell.delivery.WarningLimiter;
import jinn.posix.FileDescriptor;
import jinn.virtio.VirtioDevice;
import jinn.virtio.balloon.Balloon;
import jinn.virtio.balloon.PageReclaimer;
import jinn.virtio.block.BlockDevice;
import jinn.virtio.device.Rng;

/** Makes the virtio devices that a VM's description asks for, with what they need of the host. */
final class DeviceFactory {

    private final ConsoleWiring consoles;
    private final Extensions extensions;
    private final NetworkWiring networks;
    private final OutsideDevices outside;
    private final Function<WarningLimiter, PageReclaimer> reclaimers;
    private final UndoStack resources;
    private final Consumer<String> warnings;
    private Optional<Balloon> balloon = Optional.empty();

    /**
     * Makes a factory.
     *
     * @param outside makes what other processes serve
     * @param reclaimers makes what gives guest memory back to the host
     * @param resources learns how to release what is behind each device
     * @param warnings gets one line for the user when a device's host side fails, on any thread
     */
    DeviceFactory(
            ConsoleWiring consoles,
            Extensions extensions,
            NetworkWiring networks,
            OutsideDevices outside,
            Function<WarningLimiter, PageReclaimer> reclaimers,
            UndoStack resources,
            Consumer<String> warnings) {
        this.consoles = consoles;
        this.extensions = extensions;
        this.networks = networks;
        this.outside = outside;
        this.reclaimers = reclaimers;
        this.resources = resources;
        this.warnings = warnings;
    }

    /**
     * Makes one device, which nobody can reach yet.
     *
     * @param index its place in the VM's list
     * @param interrupt the eventfd that raises its interrupt, for a process that serves the device
     */
    VirtioDevice create(DeviceConfig device, int index, FileDescriptor interrupt) {
        String name = device.name(index);
        return switch (device) {
            case DeviceConfig.Balloon config -> balloon(config, name);
            case DeviceConfig.Block block -> block(block, name);
            case DeviceConfig.Console console ->
                consoles.virtio(console, name, networks.loops().of(name));
            case DeviceConfig.Fs fs -> outside.fs(fs, name, interrupt);
            case DeviceConfig.Java java -> extensions.device(java, name);
            case DeviceConfig.Net net -> networks.net(net, name);
            case DeviceConfig.Rng ignored -> new Rng(name, new KernelEntropy());
            case DeviceConfig.Vsock vsock -> networks.vsock(vsock, name);
            case DeviceConfig.VhostUser user -> outside.backend(user, name, interrupt);
        };
    }

    /** Returns the VM's balloon, if one was made. */
    Optional<Balloon> balloon() {
        return balloon;
    }

    private Balloon balloon(DeviceConfig.Balloon config, String name) {
        WarningLimiter limiter = new WarningLimiter(message -> warnings.accept(name + ": " + message));
        Balloon made = new Balloon(name, reclaimers.apply(limiter), config.deflateOnOom());
        balloon = Optional.of(made);
        return made;
    }

    private BlockDevice block(DeviceConfig.Block block, String name) {
        WarningLimiter limiter = new WarningLimiter(warnings);
        DiskFile disk = DiskFile.open(
                block.path(), block.readonly(), block.direct(), message -> limiter.warn(() -> name + ": " + message));
        resources.push(disk::close);
        return new BlockDevice(name, disk, block.queues(), block.id().orElse(name));
    }
}
