/**
 * The device's side of a split virtqueue (virtio 1.2 section 2.7).
 *
 * <p>A queue knows guest memory and its own indices, and nothing of registers, interrupts or devices. All of it belongs
 * to one thread, the one of the device's {@code QueueExecutor}.
 */
package jinn.virtio.queue;
