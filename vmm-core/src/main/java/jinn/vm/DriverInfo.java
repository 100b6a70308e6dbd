package jinn.vm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jinn.error.VmmException;
import jinn.hypervisor.GzvmDevice;

/**
 * What {@code /dev/gzvm} on this host is and can do.
 *
 * @param present whether the device node exists
 * @param usable whether this process may open it
 * @param flavour {@code jinn} or {@code mediatek}; empty when not usable
 * @param guestAddressBits width of a guest-physical address in bits; 0 when unknown
 * @param protectedVms whether it offers protected VMs
 * @param features the extensions of Jinn's own driver, by name
 * @param problem why it is not usable, in one line with the remedy; empty when it is
 */
public record DriverInfo(
        boolean present,
        boolean usable,
        String flavour,
        int guestAddressBits,
        boolean protectedVms,
        List<String> features,
        String problem) {

    /** The driver of this project. */
    public static final String FLAVOUR_JINN = "jinn";

    /** A driver with MediaTek's interface and none of Jinn's extensions. */
    public static final String FLAVOUR_MEDIATEK = "mediatek";

    /** Copies the list. */
    public DriverInfo {
        features = List.copyOf(features);
    }

    /** Finds out about the driver. Does not fail: what is wrong is in {@link #problem}. */
    public static DriverInfo probe() {
        boolean present = Files.exists(Path.of(GzvmDevice.PATH));
        try (GzvmDevice device = GzvmDevice.open()) {
            return new DriverInfo(
                    present,
                    true,
                    device.isJinn() ? FLAVOUR_JINN : FLAVOUR_MEDIATEK,
                    device.guestAddressBits(),
                    device.hasProtectedVms(),
                    device.jinnFeatures(),
                    "");
        } catch (VmmException e) {
            return new DriverInfo(present, false, "", 0, false, List.of(), e.getMessage());
        }
    }
}
