package jinn.extension;

/** Makes doorbell handlers of one kind; found as {@link VirtioDeviceProvider} is. */
public interface DoorbellHandlerProvider {

    /** Returns the name by which a VM's description asks for it, unique in its jar. */
    String name();

    /**
     * Makes a handler for one doorbell of a VM that is being put together.
     *
     * @param doorbellName unique in the VM
     * @param settings what the description says
     * @throws IllegalArgumentException if the settings are no good; the message is shown to the user
     */
    DoorbellHandler create(String doorbellName, Settings settings);
}
