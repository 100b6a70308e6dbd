package jinn.vm;

/**
 * What a socket device has done so far.
 *
 * @param name of the device
 * @param connections that exist now
 * @param opened connections, by either side
 * @param refused connections that were asked for and not made, by either side
 * @param bytesToGuest data without headers
 * @param bytesToHost data without headers
 * @param dropped packets of the guest that were wrong or belonged to no connection
 */
public record SocketStatus(
        String name, long connections, long opened, long refused, long bytesToGuest, long bytesToHost, long dropped) {}
