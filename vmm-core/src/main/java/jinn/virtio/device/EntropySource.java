package jinn.virtio.device;

/** Where random bytes come from. */
@FunctionalInterface
public interface EntropySource {

    /** Overwrites {@code length} bytes from {@code offset} with random bytes fit for keys. Must not block for long. */
    void fill(byte[] bytes, int offset, int length);
}
