package jinn.boot;

import java.util.Optional;

/**
 * What the device tree tells the guest about its machine; all else is fixed by {@link GuestLayout}.
 *
 * @param hardware what it has
 * @param cmdline kernel command line, may be empty
 * @param initrd where the initrd is, if there is one
 */
public record GuestDescription(GuestHardware hardware, String cmdline, Optional<Range> initrd) {

    /**
     * A range of guest-physical addresses.
     *
     * @param start first byte
     * @param end byte after the last
     */
    public record Range(long start, long end) {}
}
