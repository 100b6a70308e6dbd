package jinn.vm;

/**
 * A piece of what a VM's consoles have written.
 *
 * @param position of its first byte, counted from the VM's start
 * @param bytes the piece, the caller's to keep; empty at the end of what there is
 */
@SuppressWarnings("ArrayRecordComponent")
public record ConsolePiece(long position, byte[] bytes) {

    /** Returns the position after its last byte. */
    public long end() {
        return position + bytes.length;
    }
}
