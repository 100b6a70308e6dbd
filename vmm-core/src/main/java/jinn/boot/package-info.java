/**
 * What a guest finds when it starts: its kernel, its initrd and the device tree, by the arm64 boot protocol (Linux
 * Documentation/arch/arm64/booting.rst), at the addresses of {@link jinn.boot.GuestLayout}.
 */
package jinn.boot;
