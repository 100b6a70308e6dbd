package jinn.extension;

import jinn.virtio.VirtioDevice;

/** Makes devices of one kind; found by {@link java.util.ServiceLoader}. Needs a public constructor without arguments. */
public interface VirtioDeviceProvider {

    /** Returns the name by which a VM's description asks for it, unique in its jar. */
    String name();

    /**
     * Makes a device for a VM that is being put together. A device that is {@link AutoCloseable} is closed after its last
     * {@link VirtioDevice#reset}, also when the VM could not be started.
     *
     * @param deviceName what messages and tables call the device; its {@link VirtioDevice#name} is not asked
     * @param settings what the description says
     * @throws IllegalArgumentException if the settings are no good; the message is shown to the user
     */
    VirtioDevice create(String deviceName, Settings settings);
}
