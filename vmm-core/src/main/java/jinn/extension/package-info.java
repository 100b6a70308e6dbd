/**
 * What others write to add devices and doorbell handlers to a VM.
 *
 * <p>A jar names its providers in {@code META-INF/services} (or provides them from its module), and the VM's description
 * names the jar and the provider. The jar sees {@code jinn.extension}, {@code jinn.virtio}, {@code jinn.virtio.queue} and
 * {@code jinn.error}. Its code runs with the rights of Jinn's process.
 */
package jinn.extension;
