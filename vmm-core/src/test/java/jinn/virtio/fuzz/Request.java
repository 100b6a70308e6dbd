package jinn.virtio.fuzz;

import java.util.Arrays;

/** A request as its device wants it, before it is cut in pieces and spoilt. */
final class Request {

    private final byte[] head;
    private final int readable;
    private final int writable;

    /**
     * Makes a request.
     *
     * @param head what the readable part begins with
     * @param readable bytes of the readable part; the head is cut to it
     * @param writable bytes of the writable part
     */
    Request(byte[] head, int readable, int writable) {
        this.head = Arrays.copyOf(head, Math.min(head.length, readable));
        this.readable = readable;
        this.writable = writable;
    }

    byte[] head() {
        return head;
    }

    int readable() {
        return readable;
    }

    int writable() {
        return writable;
    }
}
