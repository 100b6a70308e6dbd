/** Measurements beside C, for {@code make bench-java}. Not tests: they pass judgement on a machine, not on the code. */
package jinn.bench;
