package jinn.vm;

/** The newest output of the VM's consoles, up to {@value #CAPACITY_BYTES} bytes. Any thread. */
final class ConsoleLog {

    /** How much output can be looked at afterwards. */
    static final int CAPACITY_BYTES = 1 << 16;

    private final byte[] ring = new byte[CAPACITY_BYTES];
    private long written;

    synchronized void append(byte[] bytes, int offset, int length) {
        // Of more than fits, only the end is kept.
        int skipped = Math.max(0, length - ring.length);
        int index = (int) ((written + skipped) % ring.length);
        int kept = length - skipped;
        int first = Math.min(kept, ring.length - index);
        System.arraycopy(bytes, offset + skipped, ring, index, first);
        System.arraycopy(bytes, offset + skipped + first, ring, 0, kept - first);
        written += length;
    }

    synchronized void append(byte value) {
        ring[(int) (written % ring.length)] = value;
        written++;
    }

    /**
     * Copies output.
     *
     * @param position of the first byte wanted, counted from the VM's start; where that one is gone, the oldest is next
     * @param maximum most bytes to copy
     */
    synchronized ConsolePiece read(long position, int maximum) {
        long start = Math.clamp(position, Math.max(0, written - ring.length), written);
        byte[] bytes = new byte[(int) Math.min(maximum, written - start)];
        int index = (int) (start % ring.length);
        int first = Math.min(bytes.length, ring.length - index);
        System.arraycopy(ring, index, bytes, 0, first);
        System.arraycopy(ring, 0, bytes, first, bytes.length - first);
        return new ConsolePiece(start, bytes);
    }
}
