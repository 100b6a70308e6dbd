package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import jinn.config.BootConfig;
import jinn.config.ConsoleTarget;
import jinn.config.DeviceConfig;
import jinn.config.DoorbellConfig;
import jinn.config.HypervisorChoice;
import jinn.config.LoggingConfig;
import jinn.config.MachineConfig;
import jinn.config.ProtectionConfig;
import jinn.config.SerialConfig;
import jinn.config.VmConfig;
import jinn.error.HostException;
import jinn.posix.ResourceLimit;
import org.junit.jupiter.api.Test;

final class HostLimitsTest {

    private static final long FILES = HostLimits.filesOf(vm(100));
    private static final long MEMORY_BYTES = 64L << 20;

    @Test
    void acceptsAVmThatJustFits() {
        assertDoesNotThrow(() -> new HostLimits(FILES + 9, 9, MEMORY_BYTES).require(vm(100), true));
    }

    @Test
    void tellsHowManyFilesAreMissing() {
        HostException e = assertThrows(
                HostException.class, () -> new HostLimits(FILES + 8, 9, MEMORY_BYTES).require(vm(100), true));
        assertEquals(
                "vm web: cannot run: it needs " + (FILES + 9) + " open files, but this process may have " + (FILES + 8)
                        + " (RLIMIT_NOFILE); raise the limit with 'ulimit -Hn " + (FILES + 9)
                        + "', or LimitNOFILE= in its systemd unit",
                e.getMessage());
    }

    @Test
    void tellsHowMuchMemoryMayBeLocked() {
        HostLimits limits = new HostLimits(FILES + 9, 9, 8L << 20);
        HostException e = assertThrows(HostException.class, () -> limits.require(vm(100), true));
        assertEquals(
                "vm web: cannot run: its memory of 65536 KiB is locked in the host's, but this process may lock 8192"
                        + " KiB (RLIMIT_MEMLOCK); raise the limit with 'ulimit -l 65536', or LimitMEMLOCK= in its"
                        + " systemd unit",
                e.getMessage());
        assertDoesNotThrow(() -> limits.require(vm(100), false));
    }

    @Test
    void countsADescriptorForEachDoorbellQueueInterruptAndAcknowledgement() {
        assertEquals(100, HostLimits.filesOf(vm(100)) - HostLimits.filesOf(vm(0)));
        List<DeviceConfig> devices = List.of(new DeviceConfig.Console(ConsoleTarget.NONE), new DeviceConfig.Rng());
        assertEquals(5 + 2, HostLimits.filesOf(vm(devices, 0)) - HostLimits.filesOf(vm(0)));
        Path disk = Path.of("disk.raw");
        List<DeviceConfig> disks = List.of(
                new DeviceConfig.Block(disk, false, 1, false, Optional.empty()),
                new DeviceConfig.Block(disk, false, 4, true, Optional.empty()));
        assertEquals(3 + 7 + 2, HostLimits.filesOf(vm(disks, 0)) - HostLimits.filesOf(vm(0)));
    }

    @Test
    void asksTheKernel() {
        HostLimits limits = HostLimits.ask();
        assertEquals(ResourceLimit.NOFILE.soft(), limits.openFiles());
        assertTrue(limits.openFiles() > limits.usedFiles(), limits::toString);
        assertTrue(limits.usedFiles() > 3, limits::toString);
        assertTrue(limits.lockedBytes() > 0, limits::toString);
    }

    private static VmConfig vm(int doorbells) {
        return vm(List.of(), doorbells);
    }

    private static VmConfig vm(List<DeviceConfig> devices, int doorbells) {
        return new VmConfig(
                "web",
                HypervisorChoice.AUTO,
                new MachineConfig(1, MEMORY_BYTES),
                new BootConfig(Path.of("Image"), Optional.empty(), ""),
                new SerialConfig(ConsoleTarget.NONE),
                devices,
                IntStream.range(0, doorbells)
                        .mapToObj(i -> new DoorbellConfig("d" + i, 0x0b00_0000L + 8L * i, 4, OptionalLong.empty()))
                        .toList(),
                ProtectionConfig.NONE,
                List.of(),
                LoggingConfig.DEFAULT);
    }
}
