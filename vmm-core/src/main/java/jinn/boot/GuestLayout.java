package jinn.boot;

import java.util.Locale;
import jinn.error.ImageException;

/**
 * Every guest-physical address of the machine. The map is the one of QEMU's {@code virt} machine, so that programs made
 * for that run here; but virtio devices are farther apart.
 */
public final class GuestLayout {

    /** GICv3 distributor. */
    public static final long GIC_DISTRIBUTOR = 0x0800_0000L;
    /** Size of the distributor. */
    public static final long GIC_DISTRIBUTOR_BYTES = 0x1_0000L;
    /** GICv3 redistributors, one after the other. */
    public static final long GIC_REDISTRIBUTORS = 0x080a_0000L;
    /** Size of one vCPU's redistributor. */
    public static final long GIC_REDISTRIBUTOR_BYTES = 0x2_0000L;

    /** PL011 UART. */
    public static final long SERIAL = 0x0900_0000L;
    /** Size of the UART's registers. */
    public static final long SERIAL_BYTES = 0x1000L;
    /** The UART's shared peripheral interrupt, counted from SPI 0 (INTID 32). */
    public static final int SERIAL_SPI = 1;

    /** PL061 GPIO port, whose line {@link #POWER_BUTTON_LINE} is the power button. */
    public static final long GPIO = 0x0903_0000L;
    /** Size of the GPIO port's registers. */
    public static final long GPIO_BYTES = 0x1000L;
    /** The GPIO port's shared peripheral interrupt, counted from SPI 0. */
    public static final int GPIO_SPI = 7;
    /** The GPIO line that is high while the power button is pressed. */
    public static final int POWER_BUTTON_LINE = 3;

    /** First virtio-mmio device. */
    public static final long VIRTIO = 0x0a00_0000L;
    /** Distance and size of virtio-mmio devices: a page, so that its registers can be memory. QEMU has 0x200 bytes. */
    public static final long VIRTIO_STRIDE_BYTES = 0x1000L;
    /** Most virtio-mmio devices. */
    public static final int VIRTIO_MAXIMUM = 32;
    /** The first virtio-mmio device's shared peripheral interrupt, counted from SPI 0; the others follow. */
    public static final int VIRTIO_SPI = 16;

    /** First address of the window for user doorbells. */
    public static final long DOORBELLS = 0x0b00_0000L;
    /** Size of the window for user doorbells. */
    public static final long DOORBELLS_BYTES = 0x0100_0000L;

    /** First byte of RAM. */
    public static final long RAM = 0x4000_0000L;

    /** Alignment of the base from which an arm64 Image counts its text_offset (booting.rst, section 4). */
    static final long KERNEL_ALIGNMENT_BYTES = 0x20_0000L;
    /** Where that base is. Below it 2 MiB stay free for the guest. */
    static final long KERNEL_BASE = RAM + KERNEL_ALIGNMENT_BYTES;

    private static final long INITRD_ALIGNMENT_BYTES = 0x1000L;
    /** Older kernels map the device tree with one 2 MiB block and need it not to cross a border of these. */
    private static final long DEVICE_TREE_ALIGNMENT_BYTES = 0x20_0000L;
    /** Room for the device tree; ours has a few KiB. */
    static final long DEVICE_TREE_BYTES = 0x1_0000L;

    private GuestLayout() {}

    /**
     * Where the boot images go.
     *
     * @param kernel guest-physical address of the kernel's first byte, which is also its entry point
     * @param initrd guest-physical address of the initrd's first byte
     * @param deviceTree guest-physical address of the device tree
     */
    public record Placement(long kernel, long initrd, long deviceTree) {}

    /** Returns the guest-physical address of a virtio-mmio device. */
    public static long virtioAddress(int index) {
        return VIRTIO + index * VIRTIO_STRIDE_BYTES;
    }

    /** Returns the shared peripheral interrupt of a virtio-mmio device, counted from SPI 0. */
    public static int virtioSpi(int index) {
        return VIRTIO_SPI + index;
    }

    /**
     * Places kernel, initrd and device tree in this order.
     *
     * @param memoryBytes size of the RAM that they may take
     * @param initrdBytes size of the initrd, 0 if there is none
     * @throws ImageException if RAM is too small, naming what does not fit
     */
    public static Placement place(long memoryBytes, LinuxImage kernel, long initrdBytes) {
        long kernelAddress = KERNEL_BASE + kernel.textOffset();
        long kernelEnd = end("kernel " + kernel.path(), kernelAddress, kernel.footprintBytes(), memoryBytes);
        long initrdAddress = align(kernelEnd, INITRD_ALIGNMENT_BYTES);
        long initrdEnd = end("initrd", initrdAddress, initrdBytes, memoryBytes);
        long deviceTree = align(initrdEnd, DEVICE_TREE_ALIGNMENT_BYTES);
        end("device tree", deviceTree, DEVICE_TREE_BYTES, memoryBytes);
        return new Placement(kernelAddress, initrdAddress, deviceTree);
    }

    private static long end(String what, long address, long length, long memoryBytes) {
        long left = RAM + memoryBytes - address;
        if (left < length) {
            throw new ImageException(String.format(
                    Locale.ROOT,
                    "cannot load %s: it needs %d bytes from 0x%x, but RAM ends at 0x%x; give the machine more memory",
                    what,
                    length,
                    address,
                    RAM + memoryBytes));
        }
        return address + length;
    }

    private static long align(long address, long alignment) {
        return (address + alignment - 1) & -alignment;
    }
}
