package jinn.virtio.mmio;

import jinn.virtio.queue.QueueLayout;

/** What the driver has written about one queue. Guarded by the transport's lock. */
final class QueueRegisters {

    private static final long LOW = 0xffff_ffffL;

    private int size;
    private long descriptorTable;
    private long availRing;
    private long usedRing;
    private boolean ready;

    /** Takes a write to one of the queue's size and address registers; the others are ignored. */
    void write(int register, long value) {
        switch (register) {
            /* A size beyond 31 bits turns negative, and no check lets that through. */
            case Register.QUEUE_NUM -> size = (int) value;
            case Register.QUEUE_DESC_LOW -> descriptorTable = withLow(descriptorTable, value);
            case Register.QUEUE_DESC_HIGH -> descriptorTable = withHigh(descriptorTable, value);
            case Register.QUEUE_DRIVER_LOW -> availRing = withLow(availRing, value);
            case Register.QUEUE_DRIVER_HIGH -> availRing = withHigh(availRing, value);
            case Register.QUEUE_DEVICE_LOW -> usedRing = withLow(usedRing, value);
            case Register.QUEUE_DEVICE_HIGH -> usedRing = withHigh(usedRing, value);
            default -> {}
        }
    }

    private static long withLow(long address, long value) {
        return (address & ~LOW) | (value & LOW);
    }

    private static long withHigh(long address, long value) {
        return (address & LOW) | (value << Integer.SIZE);
    }

    QueueLayout layout() {
        return new QueueLayout(size, descriptorTable, availRing, usedRing);
    }

    boolean isReady() {
        return ready;
    }

    void setReady(boolean ready) {
        this.ready = ready;
    }

    void reset() {
        size = 0;
        descriptorTable = 0;
        availRing = 0;
        usedRing = 0;
        ready = false;
    }
}
