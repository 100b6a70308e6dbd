package jinn.lab;

/**
 * How often a doorbell has rung.
 *
 * @param name its name in the VM's description; of a queue: device and queue, as {@code console0/1}
 * @param path who delivers its rings: {@code kernel}, {@code shared} or {@code userspace}
 * @param kernel rings that the driver has delivered
 * @param userspace rings for which the vCPU has come back to Jinn
 */
public record DoorbellCount(String name, String path, long kernel, long userspace) {

    /** Returns all rings. */
    public long rings() {
        return kernel + userspace;
    }
}
