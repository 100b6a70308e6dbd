package jinn.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jinn.backend.VsockBridge;
import jinn.boot.GuestLayout;
import jinn.config.DeviceConfig;
import jinn.config.VmConfig;
import jinn.error.HostException;
import jinn.posix.NativeAccess;
import jinn.posix.ResourceLimit;
import jinn.virtio.vsock.VsockDevice;

/**
 * The limits that the kernel sets this process, as far as a VM can run into them.
 *
 * @param openFiles how many descriptors may be open (RLIMIT_NOFILE, soft); {@link Long#MAX_VALUE} for no limit
 * @param usedFiles how many are
 * @param lockedBytes how much memory may be locked (RLIMIT_MEMLOCK, soft); {@link Long#MAX_VALUE} for no limit, also for
 *     a process with CAP_IPC_LOCK, which the limit does not bind
 */
record HostLimits(long openFiles, long usedFiles, long lockedBytes) {

    /** CAP_IPC_LOCK (linux/capability.h). */
    private static final int CAP_IPC_LOCK = 14;

    /**
     * The VM, its memory, its registers, its GIC, the loop's epoll and wake-up, the device, the interrupts of UART and GPIO
     * port.
     */
    private static final int FIXED_FILES = 9;

    /** The terminal, the report, the control socket and its clients, a class file that the JVM reads. */
    private static final int SPARE_FILES = 80;

    /** Its epoll and its wake-up. */
    private static final long FILES_OF_LOOP = 2;

    /** The interrupt, a doorbell for each queue, the listening socket, the connections, and those just taken. */
    private static final int VSOCK_FILES =
            1 + 3 + 1 + VsockDevice.MAXIMUM_CONNECTIONS + VsockBridge.MAXIMUM_GREETINGS + 1;

    private static final int KIB = 1024;

    /** Asks the kernel. */
    static HostLimits ask() {
        NativeAccess.require();
        return new HostLimits(
                ResourceLimit.NOFILE.soft(),
                countOpenFiles(),
                hasCapability(CAP_IPC_LOCK) ? Long.MAX_VALUE : ResourceLimit.MEMLOCK.soft());
    }

    /**
     * Refuses a VM that would run into a limit half-way.
     *
     * @param pinnedMemoryCounts whether the hypervisor locks the guest's memory and charges it to the process
     * @throws HostException naming the limit, what is needed and how to raise it
     */
    void require(VmConfig vm, boolean pinnedMemoryCounts) {
        long files = usedFiles + filesOf(vm);
        if (files > openFiles) {
            throw new HostException("vm " + vm.name() + ": cannot run: it needs " + files
                    + " open files, but this process may have " + openFiles + " (RLIMIT_NOFILE); raise the limit with"
                    + " 'ulimit -Hn " + files + "', or LimitNOFILE= in its systemd unit");
        }
        long bytes = vm.machine().memoryBytes() + vm.devices().size() * GuestLayout.VIRTIO_STRIDE_BYTES;
        if (pinnedMemoryCounts && bytes > lockedBytes) {
            throw new HostException("vm " + vm.name() + ": cannot run: its memory of " + bytes / KIB
                    + " KiB is locked in the host's, but this process may lock " + lockedBytes / KIB
                    + " KiB (RLIMIT_MEMLOCK); raise the limit with 'ulimit -l " + bytes / KIB
                    + "', or LimitMEMLOCK= in its systemd unit");
        }
    }

    /** Returns how many descriptors the VM takes at most. */
    static long filesOf(VmConfig vm) {
        long devices =
                vm.devices().stream().mapToLong(device -> 1 + filesOf(device)).sum();
        long sharedMemory = vm.protection().sharedBytes() > 0 ? 1 : 0;
        return FIXED_FILES
                + SPARE_FILES
                + sharedMemory
                + vm.machine().cpus()
                + devices
                + vm.doorbells().size()
                + FILES_OF_LOOP * vm.loops().size();
    }

    /** The interrupt, a doorbell for each queue, and what is behind the device; not that of acknowledgements. */
    private static long filesOf(DeviceConfig device) {
        return switch (device) {
            case DeviceConfig.Balloon ignored -> 5;
            case DeviceConfig.Block block -> 1 + block.queues() + (block.direct() ? 2 : 1);
            case DeviceConfig.Console console -> filesOf(console);
            // The connection, the interrupt, and two for each queue: the doorbell, and the back-end's end of it.
            case DeviceConfig.Fs ignored -> 8;
            case DeviceConfig.VhostUser user -> 3 + 2 * user.device().virtqueues(user.queues());
            // How many queues it has, and what it opens, only its code knows.
            case DeviceConfig.Java ignored -> 8;
            case DeviceConfig.Net net -> filesOf(net);
            case DeviceConfig.Rng ignored -> 2;
            case DeviceConfig.Vsock ignored -> VSOCK_FILES;
        };
    }

    /** With further ports also two control queues, and for each port its two queues and a socket with a connection. */
    private static long filesOf(DeviceConfig.Console console) {
        int ports = console.ports().size();
        return 3 + (ports == 0 ? 0 : 2 + 4L * ports);
    }

    /** Also the control queue, and a tap for each pair or passt's connection and error output with their other ends. */
    private static long filesOf(DeviceConfig.Net net) {
        return switch (net.backend()) {
            case PASST -> 3 + 4;
            case TAP -> 2 + 3L * net.queues();
        };
    }

    private static long countOpenFiles() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new HostException("cannot count the open files in /proc/self/fd: " + e.getMessage(), e);
        }
    }

    private static boolean hasCapability(int number) {
        try {
            return effectiveCapabilities(Files.readAllLines(Path.of("/proc/self/status")))
                    .map(mask -> (mask >>> number & 1) != 0)
                    .orElse(false);
        } catch (IOException e) {
            throw new HostException("cannot read /proc/self/status: " + e.getMessage(), e);
        }
    }

    private static Optional<Long> effectiveCapabilities(List<String> status) {
        String key = "CapEff:";
        return status.stream()
                .filter(line -> line.startsWith(key))
                .map(line -> Long.parseUnsignedLong(line.substring(key.length()).strip(), 16))
                .findFirst();
    }
}
