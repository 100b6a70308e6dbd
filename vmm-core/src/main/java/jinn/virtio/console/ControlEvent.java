package jinn.virtio.console;

/** The events of control messages (virtio 1.2 section 5.3.6.2). */
final class ControlEvent {

    /** Driver: it is ready to be told of ports, if the value is 1. */
    static final int DEVICE_READY = 0;
    /** Device: there is a port. */
    static final int PORT_ADD = 1;
    /** Driver: it is ready to use the port, if the value is 1. */
    static final int PORT_READY = 3;
    /** Device: the port is a console. */
    static final int CONSOLE_PORT = 4;
    /** Device: the console's size is the columns and rows that follow, 16 bits each. */
    static final int RESIZE = 5;
    /** Both: the port was opened, or closed if the value is 0. */
    static final int PORT_OPEN = 6;
    /** Device: the port's name is what follows. */
    static final int PORT_NAME = 7;

    private ControlEvent() {}
}
