package jinn.extension;

/**
 * What a doorbell does when it rings. One that is {@link AutoCloseable} is closed when the VM has ended.
 *
 * <p>One that throws is reported by its doorbell's name, at a limited rate, and goes on being called.
 */
@FunctionalInterface
public interface DoorbellHandler {

    /**
     * The doorbell rang. Called on the event loop's thread, for one doorbell after another; whoever blocks here holds the
     * VM's devices up.
     *
     * @param count how often since the last call, at least 1
     */
    void rang(long count);
}
