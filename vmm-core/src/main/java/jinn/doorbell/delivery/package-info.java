/**
 * How a guest's store reaches the Java code that answers it.
 *
 * <p>{@link jinn.doorbell.delivery.DoorbellRegistrar} decides the way of each doorbell. Whatever the way, the handler
 * runs on the event loop's thread and cannot tell the ways apart.
 */
package jinn.doorbell.delivery;
