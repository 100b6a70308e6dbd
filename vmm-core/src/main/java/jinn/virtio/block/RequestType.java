package jinn.virtio.block;

/** What a request asks for (virtio 1.2 section 5.2.6): the first 32 bits of its header. */
final class RequestType {

    static final int IN = 0;
    static final int OUT = 1;
    static final int FLUSH = 4;
    static final int GET_ID = 8;
    static final int DISCARD = 11;
    static final int WRITE_ZEROES = 13;

    private RequestType() {}
}
