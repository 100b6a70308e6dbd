package jinn.vm;

import java.util.function.Consumer;
import jinn.backend.DiskFile;
import jinn.config.DeviceConfig;
import jinn.doorbell.delivery.WarningLimiter;
import jinn.virtio.VirtioDevice;
import jinn.virtio.block.BlockDevice;
import jinn.virtio.device.Rng;

/** Makes the virtio devices that a VM's description asks for, with what they need of the host. */
final class DeviceFactory {

    private final ConsoleWiring consoles;
    private final Extensions extensions;
    private final NetworkWiring networks;
    private final UndoStack resources;
    private final Consumer<String> warnings;

    /**
     * Makes a factory.
     *
     * @param resources learns how to release what is behind each device
     * @param warnings gets one line for the user when a device's host side fails, on any thread
     */
    DeviceFactory(
            ConsoleWiring consoles,
            Extensions extensions,
            NetworkWiring networks,
            UndoStack resources,
            Consumer<String> warnings) {
        this.consoles = consoles;
        this.extensions = extensions;
        this.networks = networks;
        this.resources = resources;
        this.warnings = warnings;
    }

    /**
     * Makes one device, which nobody can reach yet.
     *
     * @param index its place in the VM's list
     */
    VirtioDevice create(DeviceConfig device, int index) {
        String name = device.name(index);
        return switch (device) {
            case DeviceConfig.Block block -> block(block, name);
            case DeviceConfig.Console console -> consoles.virtio(console.target(), name);
            case DeviceConfig.Java java -> extensions.device(java, name);
            case DeviceConfig.Net net -> networks.net(net, name);
            case DeviceConfig.Rng ignored -> new Rng(name, new KernelEntropy());
            case DeviceConfig.Vsock vsock -> networks.vsock(vsock, name);
        };
    }

    private BlockDevice block(DeviceConfig.Block block, String name) {
        WarningLimiter limiter = new WarningLimiter(warnings);
        DiskFile disk = DiskFile.open(
                block.path(), block.readonly(), block.direct(), message -> limiter.warn(() -> name + ": " + message));
        resources.push(disk::close);
        return new BlockDevice(name, disk, block.queues(), block.id().orElse(name));
    }
}
