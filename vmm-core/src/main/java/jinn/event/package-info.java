/** The thread that waits for descriptors and runs what belongs to them. */
package jinn.event;
