/**
 * Virtual machines: {@link jinn.vm.VirtualMachine} assembles one from its description and runs it.
 *
 * <p>This is the only package that knows all others. {@code MachineAssembly} is the one place where addresses, interrupts,
 * doorbells and devices are put together.
 *
 * <p>Threads: one per vCPU, named {@code vcpu-N}, which serves register accesses of its guest; and one event loop, which
 * owns the queues of all devices, the doorbells and the terminal's input.
 */
package jinn.vm;
