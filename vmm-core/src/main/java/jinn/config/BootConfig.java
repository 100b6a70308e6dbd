package jinn.config;

import java.nio.file.Path;
import java.util.Optional;

/** What the guest boots: an arm64 Image, an optional initrd, and the kernel command line (may be empty). */
public record BootConfig(Path kernel, Optional<Path> initrd, String cmdline) {

    /** Refuses what {@code docs/config.md} does not allow with an {@link IllegalArgumentException}. */
    public BootConfig {
        Rules.refuse(Rules.cmdline(cmdline));
    }
}
