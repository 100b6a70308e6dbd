package jinn.control;

import java.nio.channels.ServerSocketChannel;

/** The listening socket of one VM, and with it the VM's name: nobody else can have either until it is closed. */
public final class ControlSocket implements AutoCloseable {

    private final ControlDirectory directory;
    private final String name;
    private final ServerSocketChannel channel;

    ControlSocket(ControlDirectory directory, String name, ServerSocketChannel channel) {
        this.directory = directory;
        this.name = name;
        this.channel = channel;
    }

    ServerSocketChannel channel() {
        return channel;
    }

    /** Closes the socket and removes its files. A second call does nothing. */
    @Override
    public void close() {
        if (channel.isOpen()) {
            directory.release(name, channel);
        }
    }
}
