/**
 * The control socket of a running VM: {@code docs/control.md} is its contract. One thread serves all clients of a VM and
 * shares nothing with the VM's threads but counters that they publish, so no client can hold the guest up.
 */
package jinn.control;
