package jinn.doorbell.delivery;

/** What a doorbell does. */
@FunctionalInterface
public interface DoorbellHandler {

    /**
     * The doorbell rang. Called on the event loop's thread; must not block.
     *
     * @param count how often since the last call, at least 1
     */
    void rang(Doorbell doorbell, long count);
}
