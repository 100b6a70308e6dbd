package jinn.cli;

import java.util.List;
import jinn.control.ControlledVm;
import jinn.doorbell.DoorbellStatus;
import jinn.vm.VcpuStatus;
import jinn.vm.VirtualMachine;

/** What the control socket sees of a VM. */
record ControlView(VirtualMachine vm) implements ControlledVm {

    @Override
    public List<DoorbellStatus> doorbells() {
        return vm.doorbells();
    }

    @Override
    public List<VcpuStatus> vcpus() {
        return vm.vcpus();
    }

    @Override
    public void stop() {
        vm.stop();
    }
}
