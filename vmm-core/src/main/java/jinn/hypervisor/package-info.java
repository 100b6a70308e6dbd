/**
 * The hypervisor as the rest of Jinn sees it, and its implementations on {@code /dev/gzvm} and {@code /dev/kvm}.
 *
 * <p>{@link jinn.hypervisor.Hypervisor}, {@link jinn.hypervisor.Vm} and {@link jinn.hypervisor.Vcpu} are the whole interface; {@link jinn.hypervisor.HypervisorDevice} opens one. The
 * {@code Gzvm} and {@code Kvm} classes each own one descriptor and are the only ones that issue ioctls; they turn errno into
 * sentences. What one hypervisor has and the other has not stays inside of them.
 */
package jinn.hypervisor;
