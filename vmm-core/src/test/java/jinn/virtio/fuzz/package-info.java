/** A hostile driver for every device: rings and registers that break the rules, decided by a seed. */
package jinn.virtio.fuzz;
