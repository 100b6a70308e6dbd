/**
 * Guest RAM as the devices see it.
 *
 * <p>A guest can change its RAM at any moment, also between two loads of the same address. So every value is read once,
 * checked as a local copy, and then used. {@link jinn.memory.GuestMemory} checks every range; nothing else touches
 * guest RAM.
 */
package jinn.memory;
