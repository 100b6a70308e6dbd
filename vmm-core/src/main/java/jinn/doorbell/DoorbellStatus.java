package jinn.doorbell;

/**
 * A doorbell as the user sees it.
 *
 * @param name its name in the configuration
 * @param address guest-physical address
 * @param length width in bytes, 0 for any
 * @param match the value as text, for example {@code 0x1}, or {@code *} for any
 * @param path who delivers it
 * @param reason why it is not {@link DoorbellPath#KERNEL}; empty when it is
 * @param kernelRings rings that the driver delivered
 * @param userspaceRings rings that a user-space exit delivered
 */
public record DoorbellStatus(
        String name,
        long address,
        int length,
        String match,
        DoorbellPath path,
        String reason,
        long kernelRings,
        long userspaceRings) {}
