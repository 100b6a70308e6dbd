package jinn.virtio.block;

/** How a request ended (virtio 1.2 section 5.2.6): its last byte. */
final class RequestStatus {

    static final int OK = 0;
    static final int IOERR = 1;
    static final int UNSUPP = 2;

    private RequestStatus() {}

    static int of(boolean success) {
        return success ? OK : IOERR;
    }
}
