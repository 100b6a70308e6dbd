package jinn.vm;

import jinn.config.DeviceConfig;
import jinn.virtio.VirtioDevice;
import jinn.virtio.device.Rng;

/** Makes the virtio devices that a VM's description asks for, with what they need of the host. */
final class DeviceFactory {

    private final ConsoleWiring consoles;
    private final Extensions extensions;

    DeviceFactory(ConsoleWiring consoles, Extensions extensions) {
        this.consoles = consoles;
        this.extensions = extensions;
    }

    /**
     * Makes one device, which nobody can reach yet.
     *
     * @param index its place in the VM's list
     */
    VirtioDevice create(DeviceConfig device, int index) {
        String name = device.name(index);
        return switch (device) {
            case DeviceConfig.Console console -> consoles.virtio(console.target(), name);
            case DeviceConfig.Java java -> extensions.device(java, name);
            case DeviceConfig.Rng ignored -> new Rng(name, new KernelEntropy());
        };
    }
}
