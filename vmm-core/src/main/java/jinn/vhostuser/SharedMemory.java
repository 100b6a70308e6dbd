package jinn.vhostuser;

import jinn.memory.GuestMemory;
import jinn.posix.FileDescriptor;

/**
 * Guest RAM that a back-end is to map.
 *
 * @param region where it is for the guest
 * @param descriptor the memfd behind it, from its first byte on
 */
public record SharedMemory(GuestMemory.Region region, FileDescriptor descriptor) {}
