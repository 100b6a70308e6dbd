package jinn.config;

/**
 * Whether the host can read the guest's memory.
 *
 * @param swiotlbBytes size of the bounce buffer that the host shares with a protected guest; the last bytes of its RAM
 */
public record ProtectionConfig(ProtectionMode mode, long swiotlbBytes) {

    /** The default size of the bounce buffer. */
    static final long DEFAULT_SWIOTLB_BYTES = 16L << 20;

    /** No protection. */
    public static final ProtectionConfig NONE = new ProtectionConfig(ProtectionMode.NONE, DEFAULT_SWIOTLB_BYTES);

    /** Refuses what {@code docs/config.md} does not allow with an {@link IllegalArgumentException}. */
    public ProtectionConfig {
        Rules.refuse(Rules.protection(swiotlbBytes));
    }

    /** Returns the size of the bounce buffer, 0 when the VM is not protected. */
    public long sharedBytes() {
        return mode == ProtectionMode.PROTECTED ? swiotlbBytes : 0;
    }
}
