package jinn.cli;

import jinn.doorbell.DoorbellStatus;
import jinn.vm.LaunchPhase;
import jinn.vm.VmListener;
import jinn.vm.VmState;

/** Notes the phases of a VM's launch, and passes everything on. */
record TimelineListener(Timeline timeline, VmListener next) implements VmListener {

    @Override
    public void reached(LaunchPhase phase) {
        timeline.add(phase);
        next.reached(phase);
    }

    @Override
    public void doorbellRang(DoorbellStatus status) {
        next.doorbellRang(status);
    }

    @Override
    public void warned(String message) {
        next.warned(message);
    }

    @Override
    public void stateChanged(VmState state) {
        next.stateChanged(state);
    }
}
