package jinn.event;

import jinn.posix.Epoll;
import jinn.posix.FileDescriptor;

/**
 * A descriptor that an {@link EventLoop} waits for.
 *
 * <p>It is known to epoll by its key, never by the descriptor's number, which the kernel gives to another file as soon as
 * this one is closed.
 */
public final class Registration implements AutoCloseable {

    private final EventLoop loop;
    private final FileDescriptor descriptor;
    private final EventHandler handler;
    private final long key;

    /** Loop thread. */
    private int interest = Epoll.INPUT;

    Registration(EventLoop loop, FileDescriptor descriptor, EventHandler handler, long key) {
        this.loop = loop;
        this.descriptor = descriptor;
        this.handler = handler;
        this.key = key;
    }

    FileDescriptor descriptor() {
        return descriptor;
    }

    EventHandler handler() {
        return handler;
    }

    long key() {
        return key;
    }

    /**
     * Changes what the handler is called for. Loop thread; not once the registration has ended.
     *
     * @param interest {@link jinn.posix.Epoll#INPUT}, which it is at first, {@link jinn.posix.Epoll#OUTPUT}, both, or 0
     *     for a hang-up alone
     */
    public void setInterest(int interest) {
        if (interest != this.interest) {
            loop.modify(this, interest);
            this.interest = interest;
        }
    }

    /**
     * Ends the wait. When it returns, the handler is not running and will not be called again. The descriptor must still
     * be open; a second call does nothing.
     */
    @Override
    public void close() {
        loop.executeAndWait(() -> loop.unregister(this));
    }
}
