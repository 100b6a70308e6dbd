package jinn.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import jinn.error.ConfigException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigLoaderTest {

    @TempDir
    private Path directory;

    @BeforeEach
    void putAKernelBesideTheFile() throws IOException {
        Files.writeString(directory.resolve("Image"), "kernel");
        Files.writeString(directory.resolve("initrd.cpio"), "initrd");
    }

    @Test
    void readsEveryPropertyOfAFullDescription() throws IOException {
        VmConfig vm = load("full.json", """
                {
                  "name": "web-1",
                  "hypervisor": "kvm",
                  "machine": {"cpus": 4, "memory": "1GiB"},
                  "boot": {"kernel": "Image", "initrd": "initrd.cpio", "cmdline": "console=hvc0"},
                  "$schema": "jinn.schema.json",
                  "version": 1,
                  "serial": {"target": "output"},
                  "devices": [{"type": "console", "target": "terminal"}, {"type": "rng"}],
                  "doorbells": [
                    {"name": "any", "address": "0x0b000000", "length": 4},
                    {"name": "one", "address": "0x0B000010", "length": 8, "match": "0xffffffffffffffff"},
                    {"name": "two", "address": "0x0b000020", "length": 2, "match": 513}
                  ]
                }
                """);

        assertEquals("web-1", vm.name());
        assertEquals(HypervisorChoice.KVM, vm.hypervisor());
        assertEquals(new MachineConfig(4, 1L << 30), vm.machine());
        assertEquals(
                new BootConfig(
                        directory.resolve("Image"), Optional.of(directory.resolve("initrd.cpio")), "console=hvc0"),
                vm.boot());
        assertEquals(new SerialConfig(ConsoleTarget.OUTPUT), vm.serial());
        assertEquals(List.of(new DeviceConfig.Console(ConsoleTarget.TERMINAL), new DeviceConfig.Rng()), vm.devices());
        assertEquals(
                List.of(
                        new DoorbellConfig("any", 0x0b00_0000L, 4, OptionalLong.empty()),
                        new DoorbellConfig("one", 0x0b00_0010L, 8, OptionalLong.of(-1)),
                        new DoorbellConfig("two", 0x0b00_0020L, 2, OptionalLong.of(513))),
                vm.doorbells());
    }

    @Test
    void readsTheDeviceTreeAndItsOverlaysInOrder() throws IOException {
        for (String name : List.of("own.dtb", "b.dtbo", "a.dtbo")) {
            Files.writeString(directory.resolve(name), "tree");
        }
        VmConfig vm = load("tree.json", """
                {"boot": {"kernel": "Image", "dtb": "own.dtb", "overlays": ["b.dtbo", "a.dtbo"]}}
                """);

        assertEquals(Optional.of(directory.resolve("own.dtb")), vm.boot().dtb());
        assertEquals(
                List.of(directory.resolve("b.dtbo"), directory.resolve("a.dtbo")),
                vm.boot().overlays());
    }

    @Test
    void givesDefaultsToAllButTheKernel() throws IOException {
        VmConfig vm = load("My VM.json", """
                {"boot": {"kernel": "Image"}}
                """);

        assertEquals("my-vm", vm.name());
        assertEquals(HypervisorChoice.AUTO, vm.hypervisor());
        assertEquals(new MachineConfig(1, 256L << 20), vm.machine());
        assertEquals(new BootConfig(directory.resolve("Image"), Optional.empty(), ""), vm.boot());
        assertEquals(new SerialConfig(ConsoleTarget.TERMINAL), vm.serial());
        assertEquals(List.of(), vm.devices());
        assertEquals(List.of(), vm.doorbells());
    }

    @Test
    void givesTheTerminalToTheFirstConsoleWhenNobodyNamesIt() throws IOException {
        VmConfig vm = load("vm.json", """
                {"boot": {"kernel": "Image"}, "devices": [{"type": "console"}, {"type": "console"}]}
                """);

        assertEquals(ConsoleTarget.OUTPUT, vm.serial().target());
        assertEquals(
                List.of(
                        new DeviceConfig.Console(ConsoleTarget.TERMINAL),
                        new DeviceConfig.Console(ConsoleTarget.OUTPUT)),
                vm.devices());
    }

    @Test
    void leavesTheTerminalToTheSerialPortThatNamesIt() throws IOException {
        VmConfig vm = load("vm.json", """
                {"boot": {"kernel": "Image"}, "serial": {"target": "terminal"}, "devices": [{"type": "console"}]}
                """);

        assertEquals(ConsoleTarget.TERMINAL, vm.serial().target());
        assertEquals(List.of(new DeviceConfig.Console(ConsoleTarget.OUTPUT)), vm.devices());
    }

    @Test
    void resolvesPathsFromTheDirectoryOfTheFile() throws IOException {
        Files.createDirectories(directory.resolve("configs"));
        VmConfig vm = load("configs/vm.json", """
                {"boot": {"kernel": "../Image"}}
                """);

        assertEquals(directory.resolve("Image"), vm.boot().kernel());
    }

    @Test
    void tellsAllProblemsInTheOrderOfTheFile() throws IOException {
        ConfigException e = assertThrows(ConfigException.class, () -> load("vm.json", """
                {"machine": {"cpus": 0, "memory": "1MB"},
                 "boot": {"kernel": "Image"},
                 "doorbells": [{"name": "Demo", "address": "0x0b000001", "length": 4}],
                 "color": "red"}
                """));

        String file = directory.resolve("vm.json") + ":";
        assertEquals(
                List.of(
                        file + "1:22: $.machine.cpus: 0: must be 1 to 8, the most that the driver takes",
                        file + "1:35: $.machine.memory: \"1MB\": must be a size with its unit (KiB, MiB, GiB),"
                                + " as in \"512MiB\"; did you mean \"1MiB\"?",
                        file + "3:25: $.doorbells[0].name: \"Demo\": must be 1 to 64 characters of a-z, 0-9 and '-'",
                        file + "3:44: $.doorbells[0].address: 0x0b000001: must be aligned to its length 4",
                        file
                                + "4:2: $.color: unknown key: must be one of $schema, boot, devices, doorbells, hypervisor, logging, loops, machine,"
                                + " name, protection, serial, version"),
                e.problems());
    }

    @Test
    void refusesAFileThatIsMissing() {
        Path file = directory.resolve("none.json");
        ConfigException e = assertThrows(ConfigException.class, () -> ConfigLoader.load(file));
        assertEquals(file + ": cannot read the VM's description: no such file", e.getMessage());
    }

    @Test
    void refusesADirectory() {
        ConfigException e = assertThrows(ConfigException.class, () -> ConfigLoader.load(directory));
        assertEquals(directory + ": cannot read the VM's description: is a directory", e.getMessage());
    }

    @Test
    void refusesBytesThatAreNotUtf8() throws IOException {
        Path file = directory.resolve("latin1.json");
        Files.write(file, "{\"name\": \"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1));
        ConfigException e = assertThrows(ConfigException.class, () -> ConfigLoader.load(file));
        assertEquals(file + ": cannot read the VM's description: not UTF-8 text", e.getMessage());
    }

    @Test
    void refusesAFileThatIsFarTooLarge() throws IOException {
        Path file = directory.resolve("disk.img");
        Files.write(file, new byte[(1 << 20) + 1]);
        ConfigException e = assertThrows(ConfigException.class, () -> ConfigLoader.load(file));
        assertEquals(file + ": too large for a VM's description: must be at most 1 MiB", e.getMessage());
    }

    private VmConfig load(String name, String json) throws IOException {
        return ConfigLoader.load(Files.writeString(directory.resolve(name), json));
    }
}
