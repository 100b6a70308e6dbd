package jinn.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import jinn.boot.GuestDescription.Range;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceTreeTest {

    @TempDir
    Path directory;

    private Fdt fdt;

    @BeforeEach
    void build() throws Exception {
        fdt = new Fdt(
                directory,
                DeviceTree.build(new GuestDescription(
                        new GuestHardware(2, 0x1_8000_0000L, 0, 3),
                        "console=hvc0 quiet",
                        Optional.of(new Range(0x4500_0000L, 0x4512_3456L)))));
    }

    @Test
    void realCompilerReadsItWithoutAWarning() throws Exception {
        assertTrue(fdt.decompile().startsWith("/dts-v1/;"));
    }

    @Test
    void largestMachineFitsIntoItsRoom() throws Exception {
        byte[] blob = DeviceTree.build(new GuestDescription(
                new GuestHardware(8, 64L << 30, 16L << 20, 32),
                "x".repeat(2048),
                Optional.of(new Range(0x4500_0000L, 0x4512_3456L))));

        assertTrue(blob.length < GuestLayout.DEVICE_TREE_BYTES, "size " + blob.length);
        assertTrue(new Fdt(directory, blob).decompile().contains("cpu@7"));
    }

    @Test
    void kernelFindsCommandLineInitrdAndConsole() throws Exception {
        assertEquals("console=hvc0 quiet", fdt.get("s", "/chosen", "bootargs"));
        assertEquals("/pl011@9000000", fdt.get("s", "/chosen", "stdout-path"));
        assertEquals("0 45000000", fdt.get("x", "/chosen", "linux,initrd-start"));
        assertEquals("0 45123456", fdt.get("x", "/chosen", "linux,initrd-end"));
    }

    @Test
    void whatAGuestDoesNotHaveIsNotInTheTree() throws Exception {
        Fdt bare = new Fdt(
                directory,
                DeviceTree.build(new GuestDescription(new GuestHardware(1, 0x1000_0000, 0, 0), "", Optional.empty())));

        assertEquals(List.of("bootargs", "stdout-path"), bare.properties("/chosen"));
        assertFalse(bare.decompile().contains("virtio"));
        assertFalse(bare.decompile().contains("reserved-memory"));
    }

    @Test
    void memoryHasItsFullSize() throws Exception {
        assertEquals("memory", fdt.get("s", "/memory@40000000", "device_type"));
        assertEquals("0 40000000 1 80000000", fdt.get("x", "/memory@40000000", "reg"));
    }

    @Test
    void aProtectedGuestFindsTheMemoryThatItsDevicesReach() throws Exception {
        Fdt shared = new Fdt(
                directory,
                DeviceTree.build(new GuestDescription(
                        new GuestHardware(1, 0x1000_0000L, 0x100_0000L, 2), "", Optional.empty())));

        String pool = "/reserved-memory/restricted-dma-pool@4f000000";
        assertEquals("0 40000000 0 10000000", shared.get("x", "/memory@40000000", "reg"));
        assertEquals("restricted-dma-pool", shared.get("s", pool, "compatible"));
        assertEquals("0 4f000000 0 1000000", shared.get("x", pool, "reg"));
        for (String device : List.of("/virtio_mmio@a000000", "/virtio_mmio@a001000")) {
            assertEquals(shared.get("x", pool, "phandle"), shared.get("x", device, "memory-region"));
        }
    }

    @Test
    void everyCpuStartsByPsci() throws Exception {
        assertEquals(List.of("cpu@0", "cpu@1"), fdt.children("/cpus"));
        assertEquals("1", fdt.get("x", "/cpus/cpu@1", "reg"));
        assertEquals("psci", fdt.get("s", "/cpus/cpu@1", "enable-method"));
        assertEquals("hvc", fdt.get("s", "/psci", "method"));
        assertEquals("arm,psci-1.0 arm,psci-0.2", fdt.get("s", "/psci", "compatible"));
    }

    @Test
    void timerNamesItsFourInterruptsInTheOrderOfTheBinding() throws Exception {
        assertEquals("1 d 4 1 e 4 1 b 4 1 a 4", fdt.get("x", "/timer", "interrupts"));
    }

    @Test
    void interruptControllerHasARedistributorForEachCpu() throws Exception {
        assertEquals("arm,gic-v3", fdt.get("s", "/intc@8000000", "compatible"));
        assertEquals("0 8000000 0 10000 0 80a0000 0 40000", fdt.get("x", "/intc@8000000", "reg"));
        assertEquals("3", fdt.get("u", "/intc@8000000", "#interrupt-cells"));
        assertEquals(fdt.get("x", "/intc@8000000", "phandle"), fdt.get("x", "/", "interrupt-parent"));
    }

    @Test
    void serialPortHasAnEdgeInterruptAndBothClocks() throws Exception {
        assertEquals("arm,pl011 arm,primecell", fdt.get("s", "/pl011@9000000", "compatible"));
        assertEquals("0 9000000 0 1000", fdt.get("x", "/pl011@9000000", "reg"));
        assertEquals("0 1 1", fdt.get("x", "/pl011@9000000", "interrupts"));
        String clock = fdt.get("x", "/apb-pclk", "phandle");
        assertEquals(clock + " " + clock, fdt.get("x", "/pl011@9000000", "clocks"));
        assertEquals("24000000", fdt.get("u", "/apb-pclk", "clock-frequency"));
    }

    @Test
    void thePowerButtonIsALineOfTheGpioPort() throws Exception {
        assertEquals("arm,pl061 arm,primecell", fdt.get("s", "/pl061@9030000", "compatible"));
        assertEquals("0 9030000 0 1000", fdt.get("x", "/pl061@9030000", "reg"));
        assertEquals("0 7 1", fdt.get("x", "/pl061@9030000", "interrupts"));
        assertEquals("gpio-keys", fdt.get("s", "/gpio-keys", "compatible"));
        assertEquals("116", fdt.get("u", "/gpio-keys/power", "linux,code"));
        assertEquals(fdt.get("x", "/pl061@9030000", "phandle") + " 3 0", fdt.get("x", "/gpio-keys/power", "gpios"));
    }

    @Test
    void virtioDevicesFollowEachOther() throws Exception {
        assertEquals(
                List.of("virtio_mmio@a000000", "virtio_mmio@a001000", "virtio_mmio@a002000"),
                fdt.children("/").stream()
                        .filter(name -> name.startsWith("virtio"))
                        .toList());
        assertEquals("0 a002000 0 1000", fdt.get("x", "/virtio_mmio@a002000", "reg"));
        assertEquals("0 12 1", fdt.get("x", "/virtio_mmio@a002000", "interrupts"));
        assertEquals("virtio,mmio", fdt.get("s", "/virtio_mmio@a002000", "compatible"));
        assertTrue(fdt.properties("/virtio_mmio@a002000").contains("dma-coherent"));
    }
}
