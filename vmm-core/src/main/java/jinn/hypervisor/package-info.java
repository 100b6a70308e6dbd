/**
 * The hypervisor as the rest of Jinn sees it, and its implementation on {@code /dev/gzvm}.
 *
 * <p>{@link jinn.hypervisor.Hypervisor}, {@link jinn.hypervisor.Vm} and {@link jinn.hypervisor.Vcpu} are the whole interface. The {@code Gzvm} classes each
 * own one descriptor and are the only ones that issue ioctls; they turn errno into sentences.
 */
package jinn.hypervisor;
