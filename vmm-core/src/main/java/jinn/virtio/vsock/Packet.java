package jinn.virtio.vsock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jinn.virtio.queue.DescriptorChain;

/** The header of a packet, {@code struct virtio_vsock_hdr} (virtio 1.2 section 5.10.6). Filled anew for each packet. */
final class Packet {

    /** Size of the header. */
    static final int HEADER_BYTES = 44;

    /** The only type of socket here: VIRTIO_VSOCK_TYPE_STREAM. */
    static final int TYPE_STREAM = 1;

    /** The sender of VIRTIO_VSOCK_OP_SHUTDOWN receives no more. */
    static final int SHUTDOWN_RECEIVE = 1;

    /** The sender of VIRTIO_VSOCK_OP_SHUTDOWN sends no more. */
    static final int SHUTDOWN_SEND = 2;

    static final int SHUTDOWN_BOTH = SHUTDOWN_RECEIVE | SHUTDOWN_SEND;

    private static final VarHandle U16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int SOURCE_CID = 0;
    private static final int TARGET_CID = 8;
    private static final int SOURCE_PORT = 16;
    private static final int TARGET_PORT = 20;
    private static final int LENGTH = 24;
    private static final int TYPE = 28;
    private static final int OPERATION = 30;
    private static final int FLAGS = 32;
    private static final int BUFFER_BYTES = 36;
    private static final int FORWARDED = 40;

    private final byte[] bytes = new byte[HEADER_BYTES];

    /** Reads the header from the start of a chain. Returns whether it was all there. */
    boolean read(DescriptorChain chain) {
        return chain.read(bytes, 0, HEADER_BYTES) == HEADER_BYTES;
    }

    /** Writes the header to the next place of a chain. */
    void write(DescriptorChain chain) {
        chain.write(bytes, 0, HEADER_BYTES);
    }

    long sourceCid() {
        return (long) U64.get(bytes, SOURCE_CID);
    }

    long targetCid() {
        return (long) U64.get(bytes, TARGET_CID);
    }

    int sourcePort() {
        return (int) U32.get(bytes, SOURCE_PORT);
    }

    int targetPort() {
        return (int) U32.get(bytes, TARGET_PORT);
    }

    /** Returns the length of what follows the header, unsigned. */
    long length() {
        return Integer.toUnsignedLong((int) U32.get(bytes, LENGTH));
    }

    int type() {
        return Short.toUnsignedInt((short) U16.get(bytes, TYPE));
    }

    int operation() {
        return Short.toUnsignedInt((short) U16.get(bytes, OPERATION));
    }

    int flags() {
        return (int) U32.get(bytes, FLAGS);
    }

    /** Returns how much the sender can keep of a connection, unsigned. */
    int bufferBytes() {
        return (int) U32.get(bytes, BUFFER_BYTES);
    }

    /** Returns how much of what it got the sender has passed on, a counter that wraps. */
    int forwarded() {
        return (int) U32.get(bytes, FORWARDED);
    }

    void setCids(long source, long target) {
        U64.set(bytes, SOURCE_CID, source);
        U64.set(bytes, TARGET_CID, target);
    }

    void setPorts(int source, int target) {
        U32.set(bytes, SOURCE_PORT, source);
        U32.set(bytes, TARGET_PORT, target);
    }

    void setContent(int type, int operation, int flags, int length) {
        U16.set(bytes, TYPE, (short) type);
        U16.set(bytes, OPERATION, (short) operation);
        U32.set(bytes, FLAGS, flags);
        U32.set(bytes, LENGTH, length);
    }

    void setCredit(int bufferBytes, int forwarded) {
        U32.set(bytes, BUFFER_BYTES, bufferBytes);
        U32.set(bytes, FORWARDED, forwarded);
    }
}
