/**
 * Devices whose queues another process serves, by the vhost-user protocol (QEMU's docs/interop/vhost-user.rst).
 *
 * <p>The guest's stores ring eventfds that the other process reads, and its interrupts are eventfds that the driver
 * reads: no thread of Jinn is on the way. Jinn sets it up, stands in for the configuration space, and notices the end.
 */
package jinn.vhostuser;
