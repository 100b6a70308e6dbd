package jinn.virtio.net;

/**
 * The host's end of a network device. All methods but {@link #offloads}, {@link #pairs} and {@link #isLinkUp} are called
 * on the thread of the device's queues.
 */
public interface NetBackend {

    /** Returns which of {@link NetFeature#OFFLOADS} it can do. Any thread. */
    long offloads();

    /** Returns how many pairs of queues it can serve, at least 1. Any thread. */
    int pairs();

    /** Returns whether frames can pass at all. Any thread. */
    boolean isLinkUp();

    /**
     * Begins to tell the listener of frames.
     *
     * @param features those negotiated
     * @param listener called on the thread of the device's queues until {@link #stop}
     */
    void start(long features, Listener listener);

    /** Ends {@link #start}. Frames that come meanwhile may be lost. Does nothing when it is not started. */
    void stop();

    /** Lets the first {@code count} pairs take part, from 1 to {@link #pairs}. */
    void usePairs(int count);

    /** Returns the end of one pair, from 0 to {@link #pairs}, exclusive. */
    FramePort port(int pair);

    /** What a backend tells its device. */
    interface Listener {

        /** The port may have frames. Repeated for as long as it has and wants to receive. */
        void receivable(int pair);

        /** A frame that the port did not take can be sent again. */
        void sendable(int pair);

        /** {@link NetBackend#isLinkUp} has changed. */
        void linkChanged();
    }
}
