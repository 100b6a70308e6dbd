/**
 * The Jinn virtual machine monitor as a library: reads a VM's description, assembles it on {@code /dev/gzvm} or
 * {@code /dev/kvm} and runs it.
 */
module jinn.core {
    requires jdk.jfr;
    requires jdk.unsupported;
    requires tools.jackson.core;

    exports jinn.config;
    exports jinn.doorbell;
    exports jinn.error;
    exports jinn.extension;
    exports jinn.memory;
    exports jinn.virtio;
    exports jinn.virtio.queue;
    exports jinn.vm;

    uses jinn.extension.DoorbellHandlerProvider;
    uses jinn.extension.VirtioDeviceProvider;
}
