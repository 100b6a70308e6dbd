package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import jinn.config.HypervisorChoice;
import jinn.error.HostException;
import jinn.hypervisor.HypervisorDevice;
import org.junit.jupiter.api.Test;

final class HypervisorSelectionTest {

    @Test
    void takesGzvmWhereBothAre() {
        assertEquals(HypervisorDevice.GZVM, select(HypervisorChoice.AUTO, EnumSet.allOf(HypervisorDevice.class)));
    }

    @Test
    void takesKvmWhereGzvmIsNot() {
        assertEquals(HypervisorDevice.KVM, select(HypervisorChoice.AUTO, EnumSet.of(HypervisorDevice.KVM)));
    }

    @Test
    void takesWhatTheDescriptionNamesWhateverIsThere() {
        assertEquals(HypervisorDevice.KVM, select(HypervisorChoice.KVM, EnumSet.of(HypervisorDevice.GZVM)));
        assertEquals(HypervisorDevice.GZVM, select(HypervisorChoice.GZVM, EnumSet.of(HypervisorDevice.KVM)));
    }

    @Test
    void saysHowToGetOneWhereNoneIs() {
        HostException e = assertThrows(
                HostException.class, () -> select(HypervisorChoice.AUTO, EnumSet.noneOf(HypervisorDevice.class)));
        assertEquals(
                "cannot run a VM: this host has neither /dev/gzvm nor /dev/kvm; load gzvm.ko on an arm64 host that runs"
                        + " under GenieZone or gzhyp, or use an arm64 host whose kernel has KVM and was entered at EL2",
                e.getMessage());
    }

    private static HypervisorDevice select(HypervisorChoice choice, Set<HypervisorDevice> present) {
        Optional<HypervisorDevice> automatic = HypervisorSelection.first(present::contains);
        return HypervisorSelection.select(choice, automatic);
    }
}
