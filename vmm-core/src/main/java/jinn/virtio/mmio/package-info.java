/**
 * The virtio-mmio transport (virtio 1.2 section 4.2).
 *
 * <p>Two kinds of thread meet here. vCPU threads read and write registers; loop threads, one for each queue, work on the
 * queues. The register file is guarded by a lock that no loop thread takes. The status and interrupt words are atomic,
 * since loops set bits in them. A queue belongs to its loop's thread from DRIVER_OK on, the device to that of queue 0; a
 * reset crosses over to all of them and waits, so that when the driver reads status 0 nothing touches its memory any
 * more.
 */
package jinn.virtio.mmio;
