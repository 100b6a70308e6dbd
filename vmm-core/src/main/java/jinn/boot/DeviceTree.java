package jinn.boot;

/**
 * The device tree of the machine, by the bindings of Linux (Documentation/devicetree/bindings): arm,gic-v3, arm,arch_timer,
 * psci, pl011, pl061-gpio, gpio-keys, reserved-memory, virtio/mmio.
 */
public final class DeviceTree {

    private static final int GIC_PHANDLE = 1;
    private static final int CLOCK_PHANDLE = 2;
    private static final int SHARED_MEMORY_PHANDLE = 3;
    private static final int GPIO_PHANDLE = 4;
    private static final int UART_CLOCK_HZ = 24_000_000;

    private static final int SPI = 0;
    private static final int PPI = 1;
    /** An interrupt line here is an eventfd write, which makes an edge and cannot hold a level. */
    private static final int EDGE_RISING = 1;

    private static final int LEVEL_HIGH = 4;

    private static final int ACTIVE_HIGH = 0;
    /** KEY_POWER (linux/input-event-codes.h). */
    private static final int KEY_POWER = 116;

    /* Private peripheral interrupts of the generic timer (Arm BSA, table of PPI assignments; INTID 16 is PPI 0). */
    private static final int TIMER_SECURE_PHYSICAL = 13;
    private static final int TIMER_PHYSICAL = 14;
    private static final int TIMER_VIRTUAL = 11;
    private static final int TIMER_HYPERVISOR = 10;

    private final FdtWriter fdt = new FdtWriter();
    private final GuestDescription guest;
    private final GuestHardware hardware;

    private DeviceTree(GuestDescription guest) {
        this.guest = guest;
        this.hardware = guest.hardware();
    }

    /** Returns the device tree blob for a guest. */
    public static byte[] build(GuestDescription guest) {
        return new DeviceTree(guest).build();
    }

    private byte[] build() {
        fdt.beginNode("")
                .strings("compatible", "linux,dummy-virt")
                .strings("model", "jinn")
                .cells("#address-cells", 2)
                .cells("#size-cells", 2)
                .cells("interrupt-parent", GIC_PHANDLE);
        chosen();
        memory();
        hardware.shared().ifPresent(this::reservedMemory);
        cpus();
        psci();
        timer();
        interruptController();
        clock();
        serial();
        gpio();
        powerButton();
        for (int i = 0; i < hardware.virtioDevices(); i++) {
            virtio(i);
        }
        return fdt.endNode().toBytes();
    }

    private void chosen() {
        fdt.beginNode("chosen")
                .strings("bootargs", guest.cmdline())
                .strings("stdout-path", "/" + nodeName("pl011", GuestLayout.SERIAL));
        guest.initrd()
                .ifPresent(
                        range -> fdt.longs("linux,initrd-start", range.start()).longs("linux,initrd-end", range.end()));
        fdt.endNode();
    }

    private void memory() {
        fdt.beginNode(nodeName("memory", GuestLayout.RAM))
                .strings("device_type", "memory")
                .longs("reg", GuestLayout.RAM, hardware.memoryBytes())
                .endNode();
    }

    /**
     * The shared part of RAM, from which the virtio drivers of a guest with CONFIG_DMA_RESTRICTED_POOL take all memory
     * that their devices see (reserved-memory/reserved-memory.yaml, shared-dma-pool.yaml).
     */
    private void reservedMemory(GuestDescription.Range shared) {
        fdt.beginNode("reserved-memory")
                .cells("#address-cells", 2)
                .cells("#size-cells", 2)
                .flag("ranges")
                .beginNode(nodeName("restricted-dma-pool", shared.start()))
                .strings("compatible", "restricted-dma-pool")
                .longs("reg", shared.start(), shared.end() - shared.start())
                .cells("phandle", SHARED_MEMORY_PHANDLE)
                .endNode()
                .endNode();
    }

    private void cpus() {
        fdt.beginNode("cpus").cells("#address-cells", 1).cells("#size-cells", 0);
        for (int i = 0; i < hardware.cpus(); i++) {
            fdt.beginNode(nodeName("cpu", i))
                    .strings("device_type", "cpu")
                    .strings("compatible", "arm,armv8")
                    .cells("reg", i)
                    .strings("enable-method", "psci")
                    .endNode();
        }
        fdt.endNode();
    }

    private void psci() {
        fdt.beginNode("psci")
                .strings("compatible", "arm,psci-1.0", "arm,psci-0.2")
                .strings("method", "hvc")
                .endNode();
    }

    private void timer() {
        fdt.beginNode("timer")
                .strings("compatible", "arm,armv8-timer")
                .cells(
                        "interrupts",
                        PPI,
                        TIMER_SECURE_PHYSICAL,
                        LEVEL_HIGH,
                        PPI,
                        TIMER_PHYSICAL,
                        LEVEL_HIGH,
                        PPI,
                        TIMER_VIRTUAL,
                        LEVEL_HIGH,
                        PPI,
                        TIMER_HYPERVISOR,
                        LEVEL_HIGH)
                .flag("always-on")
                .endNode();
    }

    private void interruptController() {
        fdt.beginNode(nodeName("intc", GuestLayout.GIC_DISTRIBUTOR))
                .strings("compatible", "arm,gic-v3")
                .cells("#interrupt-cells", 3)
                .cells("#address-cells", 0)
                .flag("interrupt-controller")
                .cells("#redistributor-regions", 1)
                .longs(
                        "reg",
                        GuestLayout.GIC_DISTRIBUTOR,
                        GuestLayout.GIC_DISTRIBUTOR_BYTES,
                        GuestLayout.GIC_REDISTRIBUTORS,
                        GuestLayout.GIC_REDISTRIBUTOR_BYTES * hardware.cpus())
                .cells("phandle", GIC_PHANDLE)
                .endNode();
    }

    private void clock() {
        fdt.beginNode("apb-pclk")
                .strings("compatible", "fixed-clock")
                .cells("#clock-cells", 0)
                .cells("clock-frequency", UART_CLOCK_HZ)
                .strings("clock-output-names", "clk24mhz")
                .cells("phandle", CLOCK_PHANDLE)
                .endNode();
    }

    private void serial() {
        fdt.beginNode(nodeName("pl011", GuestLayout.SERIAL))
                .strings("compatible", "arm,pl011", "arm,primecell")
                .longs("reg", GuestLayout.SERIAL, GuestLayout.SERIAL_BYTES)
                .cells("interrupts", SPI, GuestLayout.SERIAL_SPI, EDGE_RISING)
                .cells("clocks", CLOCK_PHANDLE, CLOCK_PHANDLE)
                .strings("clock-names", "uartclk", "apb_pclk")
                .endNode();
    }

    private void gpio() {
        fdt.beginNode(nodeName("pl061", GuestLayout.GPIO))
                .strings("compatible", "arm,pl061", "arm,primecell")
                .longs("reg", GuestLayout.GPIO, GuestLayout.GPIO_BYTES)
                .cells("interrupts", SPI, GuestLayout.GPIO_SPI, EDGE_RISING)
                .flag("gpio-controller")
                .cells("#gpio-cells", 2)
                .cells("clocks", CLOCK_PHANDLE)
                .strings("clock-names", "apb_pclk")
                .cells("phandle", GPIO_PHANDLE)
                .endNode();
    }

    private void powerButton() {
        fdt.beginNode("gpio-keys")
                .strings("compatible", "gpio-keys")
                .beginNode("power")
                .strings("label", "power button")
                .cells("linux,code", KEY_POWER)
                .cells("gpios", GPIO_PHANDLE, GuestLayout.POWER_BUTTON_LINE, ACTIVE_HIGH)
                .endNode()
                .endNode();
    }

    private void virtio(int index) {
        long address = GuestLayout.virtioAddress(index);
        fdt.beginNode(nodeName("virtio_mmio", address))
                .strings("compatible", "virtio,mmio")
                .longs("reg", address, GuestLayout.VIRTIO_STRIDE_BYTES)
                .cells("interrupts", SPI, GuestLayout.virtioSpi(index), EDGE_RISING)
                .flag("dma-coherent");
        hardware.shared().ifPresent(ignored -> fdt.cells("memory-region", SHARED_MEMORY_PHANDLE));
        fdt.endNode();
    }

    private static String nodeName(String name, long unitAddress) {
        return name + "@" + Long.toHexString(unitAddress);
    }
}
