package jinn.virtio.net;

/**
 * What has passed through one pair of queues since the device was made.
 *
 * @param received from the host to the guest
 * @param sent from the guest to the host
 */
public record NetStatistics(Direction received, Direction sent) {

    /**
     * One direction.
     *
     * @param frames that reached the other side
     * @param bytes in them, without the header
     * @param dropped frames that did not: wrong, too long for the guest's buffers, or not taken by the host
     */
    public record Direction(long frames, long bytes, long dropped) {}
}
