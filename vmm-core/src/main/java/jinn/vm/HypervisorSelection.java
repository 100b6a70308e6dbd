package jinn.vm;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import jinn.config.HypervisorChoice;
import jinn.error.HostException;
import jinn.hypervisor.HostPlatform;
import jinn.hypervisor.Hypervisor;
import jinn.hypervisor.HypervisorDevice;

/** Turns the choice of a VM's description into a device of this host. */
final class HypervisorSelection {

    private HypervisorSelection() {}

    /**
     * Opens the hypervisor that the VM runs on.
     *
     * @throws HostException when this host, this JVM or this user cannot; the message says what to do
     */
    static Hypervisor open(HypervisorChoice choice) {
        HostPlatform.require();
        return select(choice, automatic()).open();
    }

    /** Returns the device that a VM runs on whose description leaves the choice to the host. It need not be usable. */
    static Optional<HypervisorDevice> automatic() {
        // An x86 host has a /dev/kvm too, which cannot run arm64 guests.
        return HostPlatform.isFit() ? first(HypervisorDevice::isPresent) : Optional.empty();
    }

    static Optional<HypervisorDevice> first(Predicate<HypervisorDevice> isPresent) {
        return Stream.of(HypervisorDevice.values()).filter(isPresent).findFirst();
    }

    static HypervisorDevice select(HypervisorChoice choice, Optional<HypervisorDevice> automatic) {
        return switch (choice) {
            case GZVM -> HypervisorDevice.GZVM;
            case KVM -> HypervisorDevice.KVM;
            case AUTO -> automatic.orElseThrow(HypervisorSelection::noHypervisor);
        };
    }

    private static HostException noHypervisor() {
        return new HostException("cannot run a VM: this host has neither " + HypervisorDevice.GZVM.path() + " nor "
                + HypervisorDevice.KVM.path() + "; " + HypervisorDevice.GZVM.absenceRemedy() + ", or "
                + HypervisorDevice.KVM.absenceRemedy());
    }
}
