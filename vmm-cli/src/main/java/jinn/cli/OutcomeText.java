package jinn.cli;

import jinn.vm.VmOutcome;

/** The end of a VM in words. */
final class OutcomeText {

    private OutcomeText() {}

    /** Returns the line for the user, without the VM's name. */
    static String describe(VmOutcome outcome) {
        return switch (outcome) {
            case VmOutcome.PoweredOff poweredOff -> "guest powered off";
            case VmOutcome.Reset reset -> "guest asked for a reset";
            case VmOutcome.Crashed crashed -> "guest crashed: " + crashed.reason();
            case VmOutcome.UnmappedAccess access -> describe(access);
            case VmOutcome.ShutDownByDoorbell rung ->
                "guest rang the doorbell " + rung.doorbell() + ", which ends the VM";
            case VmOutcome.Stopped stopped -> "stopped from the host";
        };
    }

    /** Returns the name of the outcome in reports. */
    static String kind(VmOutcome outcome) {
        return switch (outcome) {
            case VmOutcome.PoweredOff poweredOff -> "powered-off";
            case VmOutcome.Reset reset -> "reset";
            case VmOutcome.Crashed crashed -> "crashed";
            case VmOutcome.UnmappedAccess access -> "unmapped-access";
            case VmOutcome.ShutDownByDoorbell rung -> "doorbell";
            case VmOutcome.Stopped stopped -> "stopped";
        };
    }

    private static String describe(VmOutcome.UnmappedAccess access) {
        String what = access.write()
                ? String.format("stored 0x%x (%d bytes) at", access.value(), access.size())
                : String.format("loaded %d bytes from", access.size());
        return String.format("guest %s 0x%08x, where nothing is (vCPU %d)", what, access.address(), access.vcpu());
    }
}
