/** Interrupts on their way from a device into the guest. */
package jinn.interrupt;
