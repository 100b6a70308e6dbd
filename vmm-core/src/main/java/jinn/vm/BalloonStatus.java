package jinn.vm;

import java.util.OptionalLong;

/**
 * How a VM's balloon is doing, in bytes. All but the target is what the guest says.
 *
 * @param target how big it is to be
 * @param actual how big it is
 * @param reported how much free memory the guest has reported in all, a page each time
 * @param total what the guest's system has, if it says so
 * @param free of that not used for anything
 * @param available of that still to be had without swapping
 */
public record BalloonStatus(
        long target, long actual, long reported, OptionalLong total, OptionalLong free, OptionalLong available) {}
