package jinn.virtio.net;

import java.lang.foreign.MemorySegment;
import jinn.memory.IoVector;

/**
 * One pair of queues at the host's end. Frames have the header of {@link NetHeader} in front, on their way in and out.
 *
 * <p>A received frame is put into the guest's places, as far as the backend can do that without a copy, and the rest of
 * it into memory of the port, from where the device copies it.
 */
public interface FramePort {

    /** What became of a frame that was to be sent. */
    enum Sending {
        /** It is on its way. */
        SENT,
        /** It was thrown away: it is wrong, or the host does not take it. */
        DROPPED,
        /**
         * Nothing or a part of it was taken. The same list is to be given again, unchanged, after {@link
         * NetBackend.Listener#sendable}.
         */
        LATER
    }

    /** Returned by {@link #receive} when there is no frame. */
    int NONE = 0;

    /** Returns how many bytes of places a frame can take, with its header; 0 if the port uses none. */
    int directBytes();

    /**
     * Takes the next frame.
     *
     * @param places where it may be put; the port may add one piece of its own
     * @return bytes of the frame with its header, or {@link #NONE}
     */
    int receive(IoVector places);

    /**
     * Returns how many bytes of the frame received last lie in the places, none or the header at least; the others are in
     * {@link #rest}.
     */
    int placedBytes();

    /** Returns the memory with the rest of the frame received last, which the device may change. */
    MemorySegment rest();

    /** Returns where in {@link #rest} the rest of the frame begins. */
    long restOffset();

    /** Says whether {@link NetBackend.Listener#receivable} is wanted, as it is at first. */
    void setReceiving(boolean wanted);

    /**
     * Sends a frame.
     *
     * @param frame header and frame; used up as far as it is sent
     */
    Sending send(IoVector frame);
}
