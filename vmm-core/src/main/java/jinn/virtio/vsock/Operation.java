package jinn.virtio.vsock;

/** What a packet is for (virtio 1.2 section 5.10.6). */
final class Operation {

    static final int REQUEST = 1;
    static final int RESPONSE = 2;
    static final int RESET = 3;
    static final int SHUTDOWN = 4;
    static final int DATA = 5;
    static final int CREDIT_UPDATE = 6;
    static final int CREDIT_REQUEST = 7;

    private Operation() {}
}
