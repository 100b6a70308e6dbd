package jinn.control;

import java.util.List;
import jinn.doorbell.DoorbellStatus;
import jinn.vm.VcpuStatus;

/** What the control socket may ask of a VM. Called on the socket's thread; must not block. */
public interface ControlledVm {

    /** Returns all doorbells, those of virtqueues too, with their counts so far. */
    List<DoorbellStatus> doorbells();

    /** Returns what each vCPU has done so far. */
    List<VcpuStatus> vcpus();

    /** Asks the VM to end. */
    void stop();
}
