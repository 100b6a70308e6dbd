package jinn.doorbell.delivery;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * One call of a doorbell's handler, in a flight recording: a user doorbell's, or the kick of a virtqueue. It lasts as long
 * as the handler.
 *
 * <p>One object serves a doorbell, whose handler only the event loop's thread calls, so recording makes no objects. While
 * nobody records, {@link #isEnabled} is false and nothing else is called.
 */
@Name(DoorbellRingEvent.NAME)
@Label("Doorbell Ring")
@Description("A guest rang a doorbell or kicked a virtqueue, and the handler ran")
@Category({"Jinn", "VM"})
@StackTrace(false)
@SuppressWarnings("UnusedVariable") // the recording reads the fields
final class DoorbellRingEvent extends Event {

    /** What recordings call it. */
    static final String NAME = "jinn.DoorbellRing";

    @Label("Doorbell")
    private final String doorbell;

    @Label("Address")
    @Description("Guest-physical address of the doorbell")
    @MemoryAddress
    private final long address;

    @Label("Rings")
    @Description("How many rings this call stands for")
    private long rings;

    @Label("User Space")
    @Description("Whether the stores left the vCPU; else the kernel signalled them")
    private boolean userspace;

    DoorbellRingEvent(String doorbell, long address) {
        this.doorbell = doorbell;
        this.address = address;
    }

    /** The handler is going to be called. */
    void begin(long count, boolean leftVcpu) {
        rings = count;
        userspace = leftVcpu;
        begin();
    }

    /** The handler has returned. */
    void write() {
        end();
        commit();
    }
}
