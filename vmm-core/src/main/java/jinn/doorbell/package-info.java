/**
 * Doorbells: guest stores that Java code answers.
 *
 * <p>{@link jinn.doorbell.DoorbellRegistrar} decides how each one is delivered. Whatever the way, the handler runs on the
 * event loop's thread and cannot tell the ways apart.
 */
package jinn.doorbell;
