/**
 * The virtio-mmio transport (virtio 1.2 section 4.2).
 *
 * <p>Two kinds of thread meet here. vCPU threads read and write registers; the loop thread works on the queues. The
 * register file is guarded by a lock that the loop thread never takes. The status and interrupt words are atomic, since
 * the loop sets bits in them. Queues and device state belong to the loop thread from DRIVER_OK on; a reset crosses over
 * to it and waits, so that when the driver reads status 0 nothing touches its memory any more.
 */
package jinn.virtio.mmio;
