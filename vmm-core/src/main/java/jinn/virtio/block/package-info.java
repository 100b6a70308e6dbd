/**
 * The block device (virtio 1.2 section 5.2).
 *
 * <p>It knows requests, queues and guest memory. What holds the data is behind {@link jinn.virtio.block.Disk}. Each queue
 * has all of its state in an object of its own, so queues may be served by different threads at once.
 */
package jinn.virtio.block;
