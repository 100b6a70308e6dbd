/**
 * What a virtio device is, whatever carries it (virtio 1.2 section 2).
 *
 * <p>A device sees its queues and its configuration space. It knows no address, no file descriptor and no interrupt
 * number, and cannot tell whether a kick came from the kernel or from a user-space exit.
 */
package jinn.virtio;
