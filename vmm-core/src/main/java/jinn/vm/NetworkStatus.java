package jinn.vm;

/**
 * What has passed through one data queue of a network device so far; a reset of the device sets nothing back.
 *
 * @param name the device's name and the queue's number; even numbers lead to the guest, odd ones to the host
 * @param frames that reached the other side
 * @param bytes in them, without the header
 * @param dropped frames that did not: wrong, too long for the guest's buffers, or not taken by the host
 */
public record NetworkStatus(String name, long frames, long bytes, long dropped) {}
