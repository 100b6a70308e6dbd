/** The machine's serial port, the console of last resort: it works from the guest's first instruction on. */
package jinn.serial;
