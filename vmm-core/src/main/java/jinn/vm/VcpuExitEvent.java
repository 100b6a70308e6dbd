package jinn.vm;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jinn.hypervisor.VcpuExit;

/**
 * One return of a vCPU to user space, in a flight recording; it lasts as long as serving the exit.
 *
 * <p>One object serves a vCPU's thread for all its exits, so recording makes no objects. While nobody records, {@link
 * #isEnabled} is false and nothing else is called.
 */
@Name(VcpuExitEvent.NAME)
@Label("vCPU Exit")
@Description("A vCPU came back to Jinn, which served the exit")
@Category({"Jinn", "VM"})
@StackTrace(false)
@SuppressWarnings("UnusedVariable") // the recording reads the fields
final class VcpuExitEvent extends Event {

    /** What recordings call it. */
    static final String NAME = "jinn.VcpuExit";

    @Label("vCPU")
    private final int vcpu;

    @Label("Reason")
    @Description("As in 'jinn stats'")
    private String reason;

    @Label("Address")
    @Description("Guest-physical address of an access; 0 for other exits")
    @MemoryAddress
    private long address;

    @Label("Size")
    @Description("Width of an access; 0 for other exits")
    @DataAmount
    private int size;

    @Label("Store")
    @Description("Whether an access is a store")
    private boolean store;

    VcpuExitEvent(int vcpu) {
        this.vcpu = vcpu;
    }

    /** The exit is going to be served. */
    void begin(VcpuExit exit, String exitReason) {
        reason = exitReason;
        if (exit instanceof VcpuExit.Mmio access) {
            address = access.address();
            size = access.size();
            store = access.isWrite();
        } else {
            address = 0;
            size = 0;
            store = false;
        }
        begin();
    }

    /** The exit has been served. */
    void write() {
        end();
        commit();
    }
}
