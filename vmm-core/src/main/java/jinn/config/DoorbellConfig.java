package jinn.config;

import java.util.OptionalLong;

/**
 * A user doorbell.
 *
 * @param name unique in the VM
 * @param address guest-physical address of the store
 * @param length width of the store in bytes: 1, 2, 4, 8, or 0 for any
 * @param match the value that rings it; empty means any value
 * @param action what it does
 */
public record DoorbellConfig(String name, long address, int length, OptionalLong match, DoorbellAction action) {

    /** Refuses what {@code docs/config.md} does not allow with an {@link IllegalArgumentException}. */
    public DoorbellConfig {
        Rules.refuse(Rules.doorbell(name, address, length, match));
    }

    /** Makes a doorbell that is only counted and shown. */
    public DoorbellConfig(String name, long address, int length, OptionalLong match) {
        this(name, address, length, match, new DoorbellAction.Count());
    }
}
