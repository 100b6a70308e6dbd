/** Guest-physical addresses and the devices that answer at them. */
package jinn.bus;
