/**
 * The network device (virtio 1.2 section 5.1).
 *
 * <p>{@code NetDevice} has the configuration space and the control queue, a {@code Receiver} and a {@code Transmitter}
 * for each pair of queues move the frames. The host's end is a {@code NetBackend}: the device knows neither descriptors
 * nor programs. All of it runs on the thread of the device's queues.
 */
package jinn.virtio.net;
