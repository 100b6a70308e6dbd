package jinn.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A range of the guest's RAM that was checked once, for what is read and written all the time: the rings of a queue.
 *
 * <p>Offsets are in bytes from the range's start. They are the caller's, never the guest's: one outside of the range is a
 * fault of the caller and throws {@link IndexOutOfBoundsException}. Otherwise as {@link GuestMemory}: values are
 * little-endian, the guest can change them at any time, and the acquire and release accesses need natural alignment.
 */
public final class GuestWindow {

    /** A range without bytes. */
    public static final GuestWindow EMPTY = new GuestWindow(MemorySegment.NULL);

    private static final VarHandle U16 = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN)
            .varHandle()
            .withInvokeExactBehavior();
    private static final VarHandle U64 = ValueLayout.JAVA_LONG_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN)
            .varHandle()
            .withInvokeExactBehavior();
    private static final VarHandle ATOMIC_U16 = ValueLayout.JAVA_SHORT
            .withOrder(ByteOrder.LITTLE_ENDIAN)
            .varHandle()
            .withInvokeExactBehavior();

    private final MemorySegment host;

    GuestWindow(MemorySegment host) {
        this.host = host;
    }

    /** Reads a 16-bit value, zero-extended. */
    public int readU16(long offset) {
        return Short.toUnsignedInt((short) U16.get(host, offset));
    }

    /** Reads a 64-bit value. */
    public long readU64(long offset) {
        return (long) U64.get(host, offset);
    }

    /** Writes the low 16 bits of {@code value}. */
    public void writeU16(long offset, int value) {
        U16.set(host, offset, (short) value);
    }

    /** Writes a 64-bit value. */
    public void writeU64(long offset, long value) {
        U64.set(host, offset, value);
    }

    /** Reads a 16-bit value, zero-extended; no later access of this thread happens before it. */
    public int acquireU16(long offset) {
        return Short.toUnsignedInt((short) ATOMIC_U16.getAcquire(host, offset));
    }

    /** Writes the low 16 bits of {@code value}; every earlier access of this thread happens before it. */
    public void releaseU16(long offset, int value) {
        ATOMIC_U16.setRelease(host, offset, (short) value);
    }
}
