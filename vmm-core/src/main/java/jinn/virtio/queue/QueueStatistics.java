package jinn.virtio.queue;

/**
 * What has happened on a queue since its device was made; a reset sets nothing back.
 *
 * @param batches how often the device looked at the queue; many kicks can be one batch
 * @param requests chains that the device took out of the avail ring
 * @param interrupts how often used requests were shown with an interrupt
 * @param suppressedInterrupts how often without one, because the driver wanted none
 * @param errors how often the driver broke a rule on this queue
 */
public record QueueStatistics(long batches, long requests, long interrupts, long suppressedInterrupts, long errors) {}
