package jinn.cli;

import jinn.doorbell.DoorbellStatus;
import jinn.vm.LaunchPhase;
import jinn.vm.VmListener;
import jinn.vm.VmState;

/** Tells both listeners of the same VM everything. */
record ListenerPair(VmListener first, VmListener second) implements VmListener {

    @Override
    public void doorbellRang(DoorbellStatus status) {
        first.doorbellRang(status);
        second.doorbellRang(status);
    }

    @Override
    public void warned(String message) {
        first.warned(message);
        second.warned(message);
    }

    @Override
    public void reached(LaunchPhase phase) {
        first.reached(phase);
        second.reached(phase);
    }

    @Override
    public void stateChanged(VmState state) {
        first.stateChanged(state);
        second.stateChanged(state);
    }
}
