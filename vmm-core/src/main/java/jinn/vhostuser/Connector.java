package jinn.vhostuser;

import jinn.posix.FileDescriptor;

/** Reaches a back-end, and does so again after it has ended. */
@FunctionalInterface
public interface Connector {

    /**
     * Connects.
     *
     * @return a connected, non-blocking stream socket, the caller's to close
     * @throws jinn.error.VmmException when nobody answers, with the remedy
     */
    FileDescriptor connect();
}
