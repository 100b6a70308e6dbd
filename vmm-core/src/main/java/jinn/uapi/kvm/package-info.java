/**
 * The numbers and memory shapes of {@code /dev/kvm} on arm64, as linux/kvm.h and its asm/kvm.h declare them.
 *
 * <p>A test has the C compiler compare every size, offset and number with the ones here. A class named {@code XxxLayout}
 * describes one C structure; its offsets are bytes from the structure's start, its integers little-endian. What the calls
 * do is in the kernel's Documentation/virt/kvm/api.rst and devices/arm-vgic-v3.rst.
 */
package jinn.uapi.kvm;
