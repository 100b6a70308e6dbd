package jinn.vm;

/**
 * What has happened on one queue of a virtio device so far; a reset of the device sets nothing back.
 *
 * @param name the device's name and the queue's number, as in the table of doorbells
 * @param kernelKicks kicks that the driver delivered; of a shared doorbell those for its other queues too
 * @param userspaceKicks kicks that left a vCPU
 * @param batches how often the device looked at the queue
 * @param requests chains that it took
 * @param interrupts how often it showed used requests with an interrupt
 * @param suppressedInterrupts how often without, because the guest wanted none
 * @param errors how often the guest broke a rule on the queue, or the device's code failed
 */
public record QueueStatus(
        String name,
        long kernelKicks,
        long userspaceKicks,
        long batches,
        long requests,
        long interrupts,
        long suppressedInterrupts,
        long errors) {}
