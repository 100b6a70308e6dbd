/** General-purpose input and output lines, one of which is the machine's power button. */
package jinn.gpio;
