/**
 * A VM's description: the records that the rest of Jinn works with, and {@link jinn.config.ConfigLoader}, which makes
 * them from a JSON file.
 *
 * <p>A record that exists is valid by itself: its constructor refuses what {@code Rules} refuses, so nothing else in
 * Jinn looks again. {@code docs/config.md} is the reference for the file's author.
 */
package jinn.config;
