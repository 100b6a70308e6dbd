package jinn.vm;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import jinn.error.VmmException;
import jinn.hypervisor.Hypervisor;
import jinn.hypervisor.HypervisorDevice;
import jinn.hypervisor.HypervisorTraits;

/**
 * What one of the hypervisors that Jinn knows is on this host and can do.
 *
 * @param name what a VM's description calls it: {@code gzvm} or {@code kvm}
 * @param path its device node
 * @param automatic whether a VM runs on it whose description leaves the choice to the host
 * @param present whether the node exists
 * @param usable whether this process can open it
 * @param flavour {@code jinn}, {@code mediatek} or {@code kvm}; empty when not usable
 * @param guestAddressBits width of a guest-physical address in bits; 0 when unknown
 * @param protectedVms whether it offers protected VMs
 * @param features its extensions, by name
 * @param problem why it is not usable, in one line with the remedy; empty when it is
 */
public record HypervisorInfo(
        String name,
        String path,
        boolean automatic,
        boolean present,
        boolean usable,
        String flavour,
        int guestAddressBits,
        boolean protectedVms,
        List<String> features,
        String problem) {

    /** Copies the list. */
    public HypervisorInfo {
        features = List.copyOf(features);
    }

    /** Finds out about all of them, the preferred one first. Does not fail: what is wrong is in {@link #problem}. */
    public static List<HypervisorInfo> probe() {
        Optional<HypervisorDevice> automatic = HypervisorSelection.automatic();
        return Stream.of(HypervisorDevice.values())
                .map(device -> probe(device, automatic.filter(device::equals).isPresent()))
                .toList();
    }

    private static HypervisorInfo probe(HypervisorDevice device, boolean automatic) {
        try (Hypervisor hypervisor = device.open()) {
            return of(device, automatic, hypervisor.traits());
        } catch (VmmException e) {
            return new HypervisorInfo(
                    nameOf(device),
                    device.path(),
                    automatic,
                    device.isPresent(),
                    false,
                    "",
                    0,
                    false,
                    List.of(),
                    e.getMessage());
        }
    }

    private static HypervisorInfo of(HypervisorDevice device, boolean automatic, HypervisorTraits traits) {
        return new HypervisorInfo(
                nameOf(device),
                device.path(),
                automatic,
                true,
                true,
                traits.flavour(),
                traits.guestAddressBits(),
                traits.protectedVms(),
                traits.features(),
                "");
    }

    private static String nameOf(HypervisorDevice device) {
        return device.name().toLowerCase(Locale.ROOT);
    }
}
