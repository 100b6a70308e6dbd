package jinn.virtio.queue;

/** Serves requests of a queue. */
@FunctionalInterface
public interface ChainHandler {

    /**
     * Serves one request completely; afterwards it is given back to the driver.
     *
     * @param chain valid until this method returns
     */
    void serve(DescriptorChain chain);
}
