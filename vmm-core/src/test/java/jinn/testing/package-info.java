/** The other side of our interfaces, for unit tests: drivers, memory, lines and executors. */
package jinn.testing;
