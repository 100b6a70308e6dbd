package jinn.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the guest boots.
 *
 * @param kernel an arm64 Image
 * @param initrd handed to the guest as it is
 * @param cmdline the kernel command line, may be empty
 * @param dtb a device tree in the place of Jinn's own
 * @param overlays device tree overlays, merged in this order
 */
public record BootConfig(Path kernel, Optional<Path> initrd, String cmdline, Optional<Path> dtb, List<Path> overlays) {

    /** Makes one with Jinn's own device tree. */
    public BootConfig(Path kernel, Optional<Path> initrd, String cmdline) {
        this(kernel, initrd, cmdline, Optional.empty(), List.of());
    }

    /** Refuses what {@code docs/config.md} does not allow with an {@link IllegalArgumentException}. */
    public BootConfig {
        Rules.refuse(Rules.cmdline(cmdline));
        overlays = List.copyOf(overlays);
    }
}
