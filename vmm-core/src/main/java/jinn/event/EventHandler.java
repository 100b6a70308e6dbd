package jinn.event;

/** What happens when a descriptor becomes ready. */
@FunctionalInterface
public interface EventHandler {

    /** Called on the loop's thread as long as the descriptor is ready; must not block. */
    void ready();
}
