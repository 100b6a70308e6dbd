package jinn.virtio.console;

/** The host's end of a port. For the thread of the device's queues. */
public interface PortEnd {

    /** What the end tells the port. Thread of the device's queues. */
    interface Port {

        /**
         * Takes input for the guest.
         *
         * @return how many bytes were taken; the rest did not fit and is still the caller's, until {@link
         *     PortEnd#inputSpace}
         */
        int receive(byte[] bytes, int offset, int length);

        /** Says that {@link PortEnd#write} takes bytes again after it has not taken all. */
        void outputSpace();

        /** Says that {@link PortEnd#isOpen} has changed. */
        void openChanged();
    }

    /** Gives the end its port, once, before anything else. An end that only takes output has no use for it. */
    default void connect(Port port) {}

    /** Returns whether there is somebody at this end. By default there always is. */
    default boolean isOpen() {
        return true;
    }

    /**
     * Takes what the guest has written.
     *
     * @param bytes valid until this method returns
     * @return how many bytes were taken; after fewer than all, {@link Port#outputSpace} follows
     */
    int write(byte[] bytes, int offset, int length);

    /** Input fits again after {@link Port#receive} has not taken all. */
    void inputSpace();
}
