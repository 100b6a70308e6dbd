/**
 * The console device (virtio 1.2 section 5.3): one port that is a console, and as many others as there are programs of the
 * host that want one.
 *
 * <p>All state belongs to the thread of the device's queues.
 */
package jinn.virtio.console;
