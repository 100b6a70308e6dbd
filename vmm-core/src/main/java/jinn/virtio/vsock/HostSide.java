package jinn.virtio.vsock;

import java.util.Optional;

/** The programs of the host that a socket device brings together with the guest. For the thread of the queues. */
public interface HostSide {

    /** Takes a connection that a program asks for. */
    @FunctionalInterface
    interface Acceptor {

        /** Takes the stream over and connects it to a port of the guest. Returns false, and takes nothing, if it cannot. */
        boolean accept(HostStream stream, int guestPort);
    }

    /** Lets programs ask for connections until {@link #stop}. */
    void start(Acceptor acceptor);

    /** Ends {@link #start}. Does nothing when it is not started. */
    void stop();

    /** Connects to the program behind a port of the host's, if there is one and it takes connections. Never waits. */
    Optional<HostStream> connect(int hostPort);
}
