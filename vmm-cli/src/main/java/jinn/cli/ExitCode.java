package jinn.cli;

import java.util.Arrays;
import java.util.List;
import jinn.error.ConfigException;
import jinn.error.DeviceFailureException;
import jinn.error.GuestFaultException;
import jinn.error.HostException;
import jinn.error.ImageException;
import jinn.error.SyscallException;
import jinn.error.VmmException;
import jinn.vm.VmOutcome;

/** How the process ends. The numbers are part of the interface: scripts rely on them. */
enum ExitCode {
    SUCCESS(0, "the guest powered off or rang for it, or the command did what it should"),
    FAILURE(1, "the host or a system call failed"),
    USAGE(2, "the command line is wrong"),
    CONFIG(3, "the VM's description is missing or wrong"),
    IMAGE(4, "a file that the guest boots is not what it should be"),
    RESET(10, "the guest asked for a reset"),
    CRASHED(11, "the guest crashed"),
    UNMAPPED_ACCESS(12, "the guest touched an address where nothing is"),
    STOPPED(130, "the VM was stopped from the host");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    int number() {
        return number;
    }

    String meaning() {
        return meaning;
    }

    /** Returns the lines of the help text: number and meaning. */
    static List<String> table() {
        return Arrays.stream(values())
                .map(code -> String.format("%3d  %s", code.number, code.meaning))
                .toList();
    }

    static ExitCode of(VmOutcome outcome) {
        return switch (outcome) {
            case VmOutcome.PoweredOff poweredOff -> SUCCESS;
            case VmOutcome.Reset reset -> RESET;
            case VmOutcome.Crashed crashed -> CRASHED;
            case VmOutcome.UnmappedAccess access -> UNMAPPED_ACCESS;
            case VmOutcome.ShutDownByDoorbell rung -> SUCCESS;
            case VmOutcome.Stopped stopped -> STOPPED;
        };
    }

    static ExitCode of(VmmException failure) {
        return switch (failure) {
            case ConfigException e -> CONFIG;
            case ImageException e -> IMAGE;
            case DeviceFailureException e -> FAILURE;
            case GuestFaultException e -> CRASHED;
            case HostException e -> FAILURE;
            case SyscallException e -> FAILURE;
        };
    }
}
