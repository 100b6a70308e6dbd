package jinn.virtio.vsock;

/** Answers to packets that belong to no connection. Bounded: while it is full, no packets are taken from the guest. */
final class ResetQueue {

    private static final int CAPACITY = 64;

    private final int[] guestPorts = new int[CAPACITY];
    private final int[] hostPorts = new int[CAPACITY];
    private final int[] types = new int[CAPACITY];
    private int first;
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    boolean isFull() {
        return count == CAPACITY;
    }

    void clear() {
        count = 0;
    }

    /** Answers a packet. There must be room. */
    void add(Packet packet) {
        int place = (first + count) % CAPACITY;
        guestPorts[place] = packet.sourcePort();
        hostPorts[place] = packet.targetPort();
        types[place] = packet.type();
        count++;
    }

    /** Fills a packet that has the addresses already. */
    void remove(Packet packet) {
        packet.setPorts(hostPorts[first], guestPorts[first]);
        packet.setContent(types[first], Operation.RESET, 0, 0);
        packet.setCredit(0, 0);
        first = (first + 1) % CAPACITY;
        count--;
    }
}
