/**
 * Boots guests of Jinn in tests: the container image {@code jinn-lab} as a JUnit 5 parameter, with its console, its
 * doorbells and what became of the VM.
 *
 * <p>The image is built by {@code make container}; nothing is pulled.
 */
package jinn.lab;
