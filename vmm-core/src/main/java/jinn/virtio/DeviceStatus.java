package jinn.virtio;

import java.util.List;

/** The bits of the device status field and the order in which a driver may set them (virtio 1.2 sections 2.1, 3.1). */
public enum DeviceStatus {
    /** The driver has seen the device. */
    ACKNOWLEDGE(1, 0),
    /** The driver knows how to drive it. */
    DRIVER(2, 1),
    /** Feature negotiation is complete. */
    FEATURES_OK(8, 1 | 2),
    /** The driver is ready; the device may work. */
    DRIVER_OK(4, 1 | 2 | 8),
    /** The driver has given up. */
    FAILED(128, 0),
    /** The device has met an error and works again only after a reset. Set by the device alone. */
    NEEDS_RESET(64, 0);

    /** The bits a driver sets, in the order it must set them. */
    public static final List<DeviceStatus> DRIVER_STEPS = List.of(ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK, FAILED);

    private final int bit;
    private final int required;

    DeviceStatus(int bit, int required) {
        this.bit = bit;
        this.required = required;
    }

    /** Returns the bit as a mask. */
    public int bit() {
        return bit;
    }

    /** Returns whether the bit is set in a status. */
    public boolean isSet(int status) {
        return (status & bit) != 0;
    }

    /** Returns whether the driver may set this bit now: the ones before it are there, and the device is not broken. */
    public boolean maySetIn(int status) {
        boolean broken = FAILED.isSet(status) || NEEDS_RESET.isSet(status);
        return switch (this) {
            case ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK -> !broken && (status & required) == required;
            case FAILED -> true;
            case NEEDS_RESET -> false;
        };
    }
}
