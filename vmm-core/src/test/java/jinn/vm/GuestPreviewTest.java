package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import jinn.config.ConfigLoader;
import jinn.config.VmConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GuestPreviewTest {

    @TempDir
    private Path directory;

    private VmConfig vm;

    @BeforeEach
    void loadADescription() throws IOException {
        ByteBuffer kernel = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        kernel.putLong(16, 0x5000);
        kernel.putInt(56, 0x644d5241);
        Files.write(directory.resolve("Image"), kernel.array());
        Files.write(directory.resolve("initrd"), new byte[0x1234]);
        vm = ConfigLoader.load(Files.writeString(directory.resolve("vm.json"), """
                {"machine": {"cpus": 2, "memory": "64MiB"}, "boot": {"kernel": "Image", "initrd": "initrd"},
                 "devices": [{"type": "rng"}],
                 "doorbells": [{"name": "one", "address": "0x0b000010", "length": 4, "match": 1},
                               {"name": "first", "address": "0x0b000000", "length": 0},
                               {"name": "high", "address": "0x100000000", "length": 8}]}
                """));
    }

    @Test
    void mapsTheMachineItsImagesAndItsDoorbellsInAscendingOrder() {
        List<String> lines = GuestPreview.addressMap(vm).stream()
                .map(region -> String.format(
                        Locale.ROOT,
                        "%x-%x %s %s (%s)",
                        region.start(),
                        region.end(),
                        region.kind(),
                        region.name(),
                        region.detail().replace(directory.toString(), "")))
                .toList();
        int treeBytes = GuestPreview.deviceTree(vm).length;
        assertEquals(
                List.of(
                        "8000000-8010000 MACHINE the GIC distributor ()",
                        "80a0000-80e0000 MACHINE the GIC redistributors ()",
                        "9000000-9001000 MACHINE the PL011 UART ()",
                        "9010000-9011000 MACHINE the place of the PL031 clock ()",
                        "9030000-9031000 MACHINE the PL061 of the power button ()",
                        "a000000-a001000 MACHINE the device rng0 ()",
                        "a001000-a020000 MACHINE the free virtio-mmio slots ()",
                        "b000000-c000000 MACHINE the doorbell window ()",
                        "b000000-b000001 DOORBELL doorbell first (any length)",
                        "b000010-b000014 DOORBELL doorbell one (4 bytes, value 0x1)",
                        "40000000-44000000 MACHINE RAM ()",
                        "40200000-40205000 IMAGE the kernel (/Image)",
                        "40205000-40206234 IMAGE the initrd (/initrd)",
                        String.format(Locale.ROOT, "40400000-%x IMAGE the device tree ()", 0x4040_0000L + treeBytes),
                        "100000000-100000008 DOORBELL doorbell high (8 bytes)"),
                lines);
    }

    @Test
    void showsTheDeviceTreeThatTheGuestGets() {
        String source = GuestPreview.deviceTreeSource(vm);
        assertTrue(source.contains("linux,initrd-start = <0x0 0x40205000>;"), source);
        assertTrue(source.contains("virtio_mmio@a000000 {"), source);
        assertTrue(source.contains("cpu@1 {"), source);
    }
}
