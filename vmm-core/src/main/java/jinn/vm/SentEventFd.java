package jinn.vm;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import jinn.doorbell.delivery.Doorbell;
import jinn.doorbell.delivery.DoorbellHandler;
import jinn.posix.DescriptorMessage;
import jinn.posix.EventFd;
import jinn.posix.FileDescriptor;
import jinn.posix.StreamSocket;

/** An eventfd that another process has got, and to which each ring is added. */
final class SentEventFd implements DoorbellHandler, AutoCloseable {

    private final EventFd eventFd;

    private SentEventFd(EventFd eventFd) {
        this.eventFd = eventFd;
    }

    /**
     * Sends a new eventfd, with the doorbell's name as the message, and ends the connection.
     *
     * @throws jinn.error.SyscallException if nobody listens at the socket
     */
    static SentEventFd send(String doorbell, Path socket) {
        EventFd eventFd = EventFd.create("doorbell " + doorbell);
        try {
            try (FileDescriptor connection = StreamSocket.connect(socket.toString())) {
                DescriptorMessage.send(
                        connection, doorbell.getBytes(StandardCharsets.UTF_8), List.of(eventFd.descriptor()));
            }
            return new SentEventFd(eventFd);
        } catch (RuntimeException e) {
            eventFd.close();
            throw e;
        }
    }

    @Override
    public void rang(Doorbell rung, long count) {
        eventFd.add(count);
    }

    /** Closes this end; the other process keeps its own. */
    @Override
    public void close() {
        eventFd.close();
    }
}
