/**
 * The socket device (virtio 1.2 section 5.10): stream connections between the guest and programs of the host.
 *
 * <p>{@code VsockDevice} moves packets between the queues and the {@code Connection}s, each of which has a {@code
 * HostStream} at its other end. Flow control is by credit in both directions (section 5.10.6.3): what the guest may send
 * is bounded by a buffer of ours, what we send by one of the guest's, so a slow program holds up its own connection
 * only. All of it runs on the thread of the device's queues.
 */
package jinn.virtio.vsock;
