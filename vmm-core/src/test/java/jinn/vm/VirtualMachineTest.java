package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import jinn.config.BootConfig;
import jinn.config.ConsoleTarget;
import jinn.config.DeviceConfig;
import jinn.config.DoorbellConfig;
import jinn.config.HypervisorChoice;
import jinn.config.LoggingConfig;
import jinn.config.LoopConfig;
import jinn.config.MachineConfig;
import jinn.config.ProtectionConfig;
import jinn.config.ProtectionMode;
import jinn.config.SerialConfig;
import jinn.config.VmConfig;
import jinn.doorbell.DoorbellPath;
import jinn.doorbell.DoorbellStatus;
import jinn.error.ConfigException;
import jinn.error.HostException;
import jinn.error.ImageException;
import jinn.error.SyscallException;
import jinn.error.VmmException;
import jinn.hypervisor.Hypervisor;
import jinn.hypervisor.HypervisorTraits;
import jinn.hypervisor.Register;
import jinn.hypervisor.Vm;
import jinn.posix.FileDescriptor;
import jinn.testing.FakeVcpu;
import jinn.testing.FakeVm;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole machines on a fake driver: everything is real but the guest and /dev/gzvm. */
@Timeout(60)
final class VirtualMachineTest {

    private static final long UART_DATA = 0x0900_0000L;
    private static final long GPIO_BOTH_EDGES = 0x0903_0408L;
    private static final long GPIO_ENABLED = 0x0903_0410L;
    private static final long GPIO_PENDING = 0x0903_0418L;
    private static final int GPIO_SPI = 7;
    private static final int POWER_BUTTON = 1 << 3;
    private static final long RAM = 0x4000_0000L;
    private static final long RNG = 0x0a00_0000L;
    private static final long RNG_NOTIFY = 0x0a00_0050L;
    private static final long RNG_STATUS = 0x0a00_0060L;
    private static final long RNG_ACK = 0x0a00_0064L;
    private static final long DOORBELL = 0x0b00_0000L;
    private static final long OUTSIDE_DOORBELL = 0x0c00_0000L;

    @TempDir
    private Path directory;

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final List<DoorbellStatus> rings = Collections.synchronizedList(new ArrayList<>());
    private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    private final List<VmState> states = Collections.synchronizedList(new ArrayList<>());
    private final FakeVm vm = new FakeVm(log);
    private final FakeVcpu vcpu = new FakeVcpu(0, vm);

    private final Hypervisor hypervisor = new Hypervisor() {
        @Override
        public HypervisorTraits traits() {
            return new HypervisorTraits("fake", 40, false, false, List.of());
        }

        @Override
        public Vm createVm(String name) {
            return vm;
        }

        @Override
        public void close() {
            log.add("close hypervisor");
        }
    };

    private final VmListener listener = new VmListener() {
        @Override
        public void doorbellRang(DoorbellStatus status) {
            rings.add(status);
        }

        @Override
        public void warned(String message) {
            warnings.add(message);
        }

        @Override
        public void stateChanged(VmState state) {
            states.add(state);
        }
    };

    @AutoClose
    private FileDescriptor outputFile;

    @BeforeEach
    void prepare() throws IOException {
        Files.createFile(output());
        outputFile = FileDescriptor.open(output().toString());
        vm.setVcpus(id -> id == 0 ? vcpu : new FakeVcpu(id, vm));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyStoreToADoorbellRingsIt(boolean userspace) throws IOException {
        vcpu.store(DOORBELL, 4, 1)
                .store(DOORBELL, 4, 2)
                .store(DOORBELL, 4, 1)
                .store(DOORBELL, 2, 1)
                .load(DOORBELL, 4)
                .store(OUTSIDE_DOORBELL, 8, 5)
                .powerOff();

        try (VirtualMachine machine = assemble(userspace)) {
            assertEquals(new VmOutcome.PoweredOff(), machine.run());

            DoorbellPath path = userspace ? DoorbellPath.USERSPACE : DoorbellPath.KERNEL;
            Map<String, Long> counts = Map.of("one", 2L, "two", 1L, "outside", 1L);
            for (DoorbellStatus status : machine.doorbells().subList(0, 3)) {
                long count = counts.get(status.name());
                assertEquals(path, status.path());
                assertEquals(userspace ? 0 : count, status.kernelRings(), status.name());
                assertEquals(userspace ? count : 0, status.userspaceRings(), status.name());
                assertTrue(rings.contains(status), "the listener has heard of the last ring of " + status.name());
            }
            assertEquals(List.of(0L), vcpu.loads());
            // The load, the store of the wrong width and the power-off; the other four only without the driver.
            assertEquals(userspace ? 7 : 3, machine.vcpus().getFirst().runReturns());
            assertEquals(1, warnings.size(), warnings::toString);
        }
    }

    @Test
    void tenThousandKernelRingsCauseNoReturnOfTheVcpu() throws IOException {
        for (int i = 0; i < 10_000; i++) {
            vcpu.store(DOORBELL, 4, 2);
        }
        vcpu.powerOff();

        try (VirtualMachine machine = assemble(false)) {
            machine.run();

            assertEquals(10_000, machine.doorbells().get(1).kernelRings());
            assertEquals(Map.of("system-event", 1L), machine.vcpus().getFirst().returnsByReason());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void kicksOfAVirtqueueAreCountedOnTheirWay(boolean userspace) throws IOException {
        vcpu.store(RNG_NOTIFY, 4, 0).store(RNG_NOTIFY, 4, 0).powerOff();

        try (VirtualMachine machine = assemble(userspace)) {
            machine.run();

            DoorbellStatus queue = machine.doorbells().get(3);
            assertEquals("rng0/0", queue.name());
            assertEquals(userspace ? 0 : 2, queue.kernelRings());
            assertEquals(userspace ? 2 : 0, queue.userspaceRings());
        }
    }

    @Test
    void aDriverReadsRegistersFromMemoryAndAcknowledgesInTheKernel() throws IOException {
        vcpu.store(RNG_ACK, 4, 1).store(RNG_ACK, 4, 1).store(RNG_ACK, 4, 3).powerOff();

        try (VirtualMachine machine = assemble(false)) {
            machine.run();

            assertEquals(0x74726976, vm.load(RNG));
            assertEquals(4, vm.load(RNG + 8));
            assertEquals(
                    List.of(new RegisterStatus("rng0", true, "", 0, 2, 1)),
                    machine.registers().subList(0, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void registersThatCannotBeMemoryAreCountedWithTheReason(boolean userspace) throws IOException {
        vcpu.load(RNG_STATUS, 4).store(RNG_ACK, 4, 1).powerOff();
        vm.haveWritableMemoryOnly();

        try (VirtualMachine machine = assemble(userspace)) {
            machine.run();

            String reason = userspace
                    ? "the user-space path was asked for"
                    : "the hypervisor has no memory that a guest may only read";
            assertEquals(
                    List.of(new RegisterStatus("rng0", false, reason, 1, 0, 1)),
                    machine.registers().subList(0, 1));
        }
    }

    @Test
    void aProtectedGuestHasNoRegistersInMemory() throws IOException {
        try (VirtualMachine machine = assembleProtected()) {
            RegisterStatus status = machine.registers().getFirst();

            assertFalse(status.inMemory());
            assertEquals("a protected guest has no memory that it may only read", status.reason());
            assertFalse(log.stream().anyMatch(call -> call.startsWith("read-only")), log::toString);
            machine.stop();
        }
    }

    @Test
    void bytesToTheSerialPortComeOutInOrder() throws IOException {
        for (byte value : "hello\n".getBytes(StandardCharsets.US_ASCII)) {
            vcpu.store(UART_DATA, 1, value);
        }
        vcpu.powerOff();

        try (VirtualMachine machine = assemble(false)) {
            machine.run();
        }
        assertEquals("hello\n", Files.readString(output()));
    }

    @Test
    void theBootVcpuStartsAtTheKernelWithTheDeviceTree() throws IOException {
        try (VirtualMachine machine = assemble(false)) {
            assertEquals(0x4020_0000L, vcpu.registers().get(Register.PC));
            assertEquals(0x3c5L, vcpu.registers().get(Register.PSTATE));
            assertEquals(0, vcpu.registers().get(Register.X0) % 8);
            machine.stop();
        }
    }

    @Test
    void stopEndsAGuestThatWaits() throws IOException {
        try (VirtualMachine machine = assemble(false)) {
            Thread stopper = Thread.ofPlatform().start(machine::stop);
            assertEquals(new VmOutcome.Stopped(), machine.run());
            stopper.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aStoppedMachineNeverRuns() throws IOException {
        vcpu.store(DOORBELL, 4, 1);
        try (VirtualMachine machine = assemble(false)) {
            machine.stop();

            assertEquals(new VmOutcome.Stopped(), machine.run());
            assertEquals(0, machine.doorbells().getFirst().kernelRings());
        }
    }

    @Test
    void thePowerButtonIsPressedWhenTheGuestListensToIt() throws Exception {
        try (VirtualMachine machine = assemble(false)) {
            assertEquals(PowerButtonPress.NO_DRIVER, machine.pressPowerButton());
            Thread runner = Thread.ofPlatform().start(machine::run);
            vcpu.store(GPIO_BOTH_EDGES, 1, POWER_BUTTON).store(GPIO_ENABLED, 1, POWER_BUTTON);
            while (machine.pressPowerButton() != PowerButtonPress.PRESSED) {
                Thread.onSpinWait();
            }
            assertEquals(1, vm.takeInterrupts(GPIO_SPI));

            machine.pause();
            assertEquals(PowerButtonPress.PAUSED, machine.pressPowerButton());
            machine.resume();
            vcpu.load(GPIO_PENDING, 1).powerOff();
            runner.join();
            assertEquals(List.of((long) POWER_BUTTON), vcpu.loads());
            assertEquals(PowerButtonPress.ENDED, machine.pressPowerButton());
        }
    }

    /* The rings of a storm are counted exactly across hundreds of pauses, and none comes in a pause. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStormOfRingsIsCountedExactlyAcrossPauses(boolean userspace) throws Exception {
        long pauses = 300;
        long ringsEach = 500;
        int pausesAtWork = 0;
        try (VirtualMachine machine = assemble(userspace)) {
            Thread runner = Thread.ofPlatform().start(machine::run);
            for (int round = 1; round <= pauses; round++) {
                for (int i = 0; i < ringsEach; i++) {
                    vcpu.store(DOORBELL, 4, 2).store(RNG_NOTIFY, 4, 0);
                }
                machine.pause();
                List<DoorbellStatus> held = machine.doorbells();
                long ofTwo = sum(held.get(1));
                pausesAtWork += ofTwo < ringsEach * round ? 1 : 0;
                assertTrue(rings().contains(held.get(1)) || ofTwo == 0, "a ring before the pause was not told");
                Thread.onSpinWait();
                assertEquals(held, machine.doorbells(), "a doorbell rang in a pause");
                machine.resume();
            }
            vcpu.powerOff();
            runner.join();

            assertEquals(pauses * ringsEach, sum(machine.doorbells().get(1)));
            assertEquals(pauses * ringsEach, sum(machine.doorbells().get(3)));
        }
        assertTrue(pausesAtWork > 10, "only " + pausesAtWork + " pauses met the guest at work");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void loopsServeWhatTheyAreToldAndTheStandardOneTheRest(boolean userspace) throws IOException {
        Map<String, Set<String>> threads = new ConcurrentHashMap<>();
        VmListener watching = new VmListener() {
            @Override
            public void doorbellRang(DoorbellStatus status) {
                threads.computeIfAbsent(status.name(), name -> ConcurrentHashMap.newKeySet())
                        .add(Thread.currentThread().getName());
            }

            @Override
            public void warned(String message) {}

            @Override
            public void stateChanged(VmState state) {}
        };
        for (int i = 0; i < 1000; i++) {
            vcpu.store(DOORBELL, 4, 1)
                    .store(DOORBELL, 4, 2)
                    .store(OUTSIDE_DOORBELL, 8, 5)
                    .store(RNG_NOTIFY, 4, 0);
        }
        vcpu.powerOff();
        VmConfig config = config(
                kernel(),
                new LoopConfig("io", 0, List.of("two", "rng0")),
                new LoopConfig("fast", 50, List.of("outside")));
        try (VirtualMachine machine = VirtualMachine.assemble(hypervisor, config, options(userspace), watching)) {
            machine.run();

            for (DoorbellStatus status : machine.doorbells().subList(0, 4)) {
                assertEquals(1000, sum(status), status.name());
            }
        }
        assertEquals(
                Map.of("one", Set.of("event-loop"), "two", Set.of("loop-io"), "outside", Set.of("loop-fast")), threads);
    }

    private List<DoorbellStatus> rings() {
        synchronized (rings) {
            return List.copyOf(rings);
        }
    }

    private static long sum(DoorbellStatus status) {
        return status.kernelRings() + status.userspaceRings();
    }

    @Test
    void aSecondPauseAndASecondResumeAreTold() throws Exception {
        try (VirtualMachine machine = assemble(false)) {
            Thread runner = Thread.ofPlatform().start(machine::run);
            machine.pause();
            assertEquals(VmState.PAUSED, machine.state());
            assertEquals(
                    "vm demo: cannot pause: it is paused already",
                    assertThrows(HostException.class, machine::pause).getMessage());
            machine.resume();
            assertEquals(
                    "vm demo: cannot resume: it is running already",
                    assertThrows(HostException.class, machine::resume).getMessage());
            machine.pause();
            machine.stop();
            runner.join();
            assertEquals(VmState.ENDED, machine.state());
            assertEquals(
                    "vm demo: cannot resume: it has ended",
                    assertThrows(HostException.class, machine::resume).getMessage());
            assertEquals(List.of(VmState.PAUSED, VmState.RUNNING, VmState.PAUSED), states);
        }
    }

    @Test
    void aListenerThatThrowsFailsTheRun() throws IOException {
        vcpu.store(DOORBELL, 4, 1);
        VmListener broken = new VmListener() {
            @Override
            public void doorbellRang(DoorbellStatus status) {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void warned(String message) {}

            @Override
            public void stateChanged(VmState state) {}
        };
        try (VirtualMachine machine = VirtualMachine.assemble(hypervisor, config(kernel()), options(false), broken)) {
            IllegalStateException e = assertThrows(IllegalStateException.class, machine::run);
            assertEquals("on purpose", e.getMessage());
        }
    }

    @Test
    void aProtectedMachineIsProtectedWhenAllElseIsDone() throws IOException {
        assembleProtected().close();

        int end = log.indexOf("protect");
        assertTrue(end > log.indexOf("shared memory 1"), log::toString);
        assertTrue(log.subList(end + 1, log.size()).stream().noneMatch(VirtualMachineTest::canFail), log::toString);
        log.clear();
        assemble(false).close();
        assertTrue(!log.contains("protect") && !log.contains("shared memory 1"), log::toString);
    }

    @Test
    void aDeviceOfAProtectedGuestReachesTheSharedMemoryOnly() throws Exception {
        int accessPlatform = 2;
        negotiate(accessPlatform);
        useQueueAt(RAM + 0x1000);
        try (VirtualMachine machine = assembleProtected()) {
            Thread stopper = Thread.ofPlatform().start(() -> {
                while (warnings.isEmpty()) {
                    Thread.onSpinWait();
                }
                machine.stop();
            });
            machine.run();
            stopper.join();
        }
        String refused = "descriptor table: 128 bytes at 0x40001000 are not in guest memory (0x41000000-0x411fffff)";
        assertTrue(warnings.getFirst().contains(refused), warnings::toString);
    }

    @Test
    void aDriverThatWouldUsePrivateMemoryIsRefused() throws IOException {
        negotiate(0);
        vcpu.load(RNG + 0x070, 4).powerOff();
        try (VirtualMachine machine = assembleProtected()) {
            machine.run();
        }
        assertEquals(List.of(3L), vcpu.loads(), "the status has no FEATURES_OK");
    }

    /** Acknowledges, drives, accepts VERSION_1 and the given bits of the second feature word, and says so. */
    private void negotiate(int secondWord) {
        write(0x070, 1)
                .write(0x070, 3)
                .write(0x024, 1)
                .write(0x020, 1 | secondWord)
                .write(0x070, 11);
    }

    /** Gives the first queue 8 descriptors at the address, and the rings after them, and starts the device. */
    private void useQueueAt(long address) {
        write(0x030, 0).write(0x038, 8);
        write(0x080, address).write(0x090, address + 0x100).write(0x0a0, address + 0x200);
        write(0x044, 1).write(0x070, 15);
    }

    private VirtualMachineTest write(int register, long value) {
        vcpu.store(RNG + register, 4, value);
        return this;
    }

    private VirtualMachine assembleProtected() throws IOException {
        ProtectionConfig protection = new ProtectionConfig(ProtectionMode.PROTECTED, 2L << 20);
        VmConfig config = config(kernel(), 18L << 20, protection);
        return VirtualMachine.assemble(hypervisor, config, options(false), listener);
    }

    @Test
    void everyFailureOfAssemblyLeavesNothingBehind() throws IOException {
        assemble(false).close();
        long calls = log.stream().filter(VirtualMachineTest::canFail).count();
        assertTrue(calls > 10, log::toString);
        List<String> before = resources();

        for (int call = 1; call <= calls; call++) {
            log.clear();
            vm.failCall(call);
            assertThrows(SyscallException.class, () -> assemble(false));

            assertEquals(before, resources(), "after the failure of call " + call);
            assertEquals(List.of(), vm.doorbells());
            assertEquals(0, vm.interruptCount());
            assertEquals("close hypervisor", log.getLast());
        }
    }

    @Test
    void aBadImageLeavesNothingBehind() throws IOException {
        Path notAnImage = Files.writeString(directory.resolve("text"), "this is no kernel");
        List<String> before = resources();

        assertThrows(
                ImageException.class,
                () -> VirtualMachine.assemble(hypervisor, config(notAnImage), options(false), listener));
        assertEquals(before, resources());
    }

    @Test
    void aDoorbellOnADeviceIsRefusedNamingBoth() throws IOException {
        VmConfig config = new VmConfig(
                "demo",
                HypervisorChoice.AUTO,
                new MachineConfig(1, 16 << 20),
                new BootConfig(kernel(), Optional.empty(), ""),
                new SerialConfig(ConsoleTarget.OUTPUT),
                List.of(),
                List.of(new DoorbellConfig("bell", 0x0900_0010L, 4, OptionalLong.empty())),
                ProtectionConfig.NONE,
                List.of(),
                LoggingConfig.DEFAULT);

        VmmException e = assertThrows(
                ConfigException.class, () -> VirtualMachine.assemble(hypervisor, config, options(false), listener));
        assertEquals(
                "cannot place the PL011 (0x09000000-0x09000fff): overlaps a user doorbell (0x09000010-0x09000013)",
                e.getMessage());
    }

    private VirtualMachine assemble(boolean userspace) throws IOException {
        return VirtualMachine.assemble(hypervisor, config(kernel()), options(userspace), listener);
    }

    private static VmConfig config(Path kernel, LoopConfig... extra) {
        return config(kernel, 16L << 20, ProtectionConfig.NONE, extra);
    }

    private static VmConfig config(Path kernel, long memoryBytes, ProtectionConfig protection, LoopConfig... extra) {
        return new VmConfig(
                "demo",
                HypervisorChoice.AUTO,
                new MachineConfig(2, memoryBytes),
                new BootConfig(kernel, Optional.empty(), "console=ttyAMA0"),
                new SerialConfig(ConsoleTarget.OUTPUT),
                List.of(new DeviceConfig.Rng(), new DeviceConfig.Console(ConsoleTarget.NONE)),
                List.of(
                        new DoorbellConfig("one", DOORBELL, 4, OptionalLong.of(1)),
                        new DoorbellConfig("two", DOORBELL, 4, OptionalLong.of(2)),
                        new DoorbellConfig("outside", OUTSIDE_DOORBELL, 0, OptionalLong.empty())),
                protection,
                List.of(extra),
                LoggingConfig.DEFAULT);
    }

    private VmOptions options(boolean userspace) {
        return new VmOptions(
                userspace, new TerminalIo(TerminalIo.NONE, Optional.of(TerminalOutput.to(outputFile.number()))));
    }

    /** The smallest arm64 Image: a header and nothing else. */
    private Path kernel() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(16, 4096).putInt(56, 0x644d5241);
        return Files.write(directory.resolve("Image"), header.array());
    }

    private Path output() {
        return directory.resolve("output");
    }

    private static boolean canFail(String entry) {
        return !entry.startsWith("close") && !entry.startsWith("deassign") && !entry.startsWith("release");
    }

    /** Returns the descriptors, the guest RAM mappings and the threads of machines that this process has. */
    private static List<String> resources() throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            found.add(fds.count() + " descriptors");
        }
        Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains("jinn-r"))
                .forEach(found::add);
        TreeSet<String> threads = new TreeSet<>();
        Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("vcpu-") || name.equals("event-loop") || name.startsWith("loop-"))
                .forEach(threads::add);
        found.addAll(threads);
        return found;
    }
}
