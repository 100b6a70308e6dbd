package jinn.vm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import jinn.boot.BootLoader;
import jinn.boot.GuestDescription;
import jinn.boot.GuestHardware;
import jinn.boot.GuestLayout;
import jinn.bus.MmioBus;
import jinn.config.DoorbellConfig;
import jinn.config.ProtectionMode;
import jinn.config.VmConfig;
import jinn.doorbell.delivery.Doorbell;
import jinn.doorbell.delivery.DoorbellHandler;
import jinn.doorbell.delivery.DoorbellRanges;
import jinn.doorbell.delivery.DoorbellRegistrar;
import jinn.doorbell.delivery.DoorbellRequest;
import jinn.doorbell.delivery.DoorbellWindow;
import jinn.doorbell.delivery.WarningLimiter;
import jinn.event.EventLoop;
import jinn.gpio.Pl061;
import jinn.hypervisor.DoorbellKey;
import jinn.hypervisor.Hypervisor;
import jinn.hypervisor.Register;
import jinn.hypervisor.Vcpu;
import jinn.hypervisor.Vm;
import jinn.interrupt.IrqFdLine;
import jinn.memory.GuestMemory;
import jinn.posix.Mapping;
import jinn.posix.MemFd;
import jinn.vhostuser.SharedMemory;
import jinn.virtio.Feature;

/**
 * Puts a machine together. Each step acquires something and says how to release it; if one fails, all before it are
 * released in reverse order.
 */
final class MachineAssembly {

    /** EL1h with D, A, I and F masked: what an arm64 kernel expects at its entry (booting.rst, section 4). */
    private static final long PSTATE_AT_ENTRY = 0x3c5;

    private static final int RAM_SLOT = 0;
    private static final int SHARED_SLOT = 1;
    private static final int REGISTER_SLOT = 2;

    private final VmConfig config;
    private final VmOptions options;
    private final VmListener listener;
    private final UndoStack resources = new UndoStack();
    private final VmEnd end = new VmEnd();
    private final PauseRequest pauseRequest = new PauseRequest();
    private final MmioBus bus = new MmioBus();

    private MachineAssembly(VmConfig config, VmOptions options, VmListener listener) {
        this.config = config;
        this.options = options;
        this.listener = listener;
    }

    /** Takes over {@code hypervisor}: it is closed with the machine, or now if there is none. */
    static Machine assemble(Hypervisor hypervisor, VmConfig config, VmOptions options, VmListener listener) {
        MachineAssembly assembly = new MachineAssembly(config, options, listener);
        assembly.resources.push(hypervisor::close);
        try {
            return assembly.build(hypervisor);
        } catch (RuntimeException | Error e) {
            assembly.resources.undo(e);
            throw e;
        }
    }

    private Machine build(Hypervisor hypervisor) {
        GuestHardware hardware = BootCheck.hardware(config);
        SharedMemory ram = createRam("jinn-ram-", GuestLayout.RAM, hardware.privateBytes());
        RegisterPages registers = RegisterPages.create(config, options, resources);
        listener.reached(LaunchPhase.MEMORY);
        EventLoops loops = EventLoops.start(config.loops(), resources, end::fail);
        EventLoop loop = loops.standard();
        Vm vm = hypervisor.createVm(config.name());
        resources.push(vm::close);

        vm.addMemory(RAM_SLOT, GuestLayout.RAM, ram.region().host());
        SharedMemory reachable =
                hardware.shared().map(range -> shareMemory(vm, range)).orElse(ram);
        RegisterPages registerPages = registers.giveTo(vm, REGISTER_SLOT);
        createInterruptController(vm);
        List<Vcpu> vcpus = createVcpus(vm);
        listener.reached(LaunchPhase.VM);
        BootLoader.Entry entry = loadGuest(memoryOf(ram), hardware);
        vm.setDeviceTree(entry.deviceTree(), entry.deviceTreeBytes());
        listener.reached(LaunchPhase.KERNEL);

        Consumer<String> warnings = message -> loop.execute(() -> listener.warned(message));
        // Before the registrar, so that they end after it: until then doorbells ring.
        Extensions extensions = new Extensions(resources, warnings);
        Map<String, DoorbellHandler> actions = doorbellActions(extensions, warnings);
        DoorbellRegistrar registrar = new DoorbellRegistrar(config.name(), vm, loop, options.userspaceDoorbells());
        resources.push(registrar::close);
        attachUserDoorbells(registrar, loops, actions, warnings);
        VmConsole console = new VmConsole(
                () -> listener.reached(LaunchPhase.FIRST_OUTPUT),
                options.readyText().map(text -> new ReadyText(text, () -> listener.reached(LaunchPhase.READY))));
        ConsoleWiring consoles = new ConsoleWiring(options.terminal(), console, resources, warnings);
        attachSerial(vm, consoles);
        Pl061 gpio = attachGpio(vm);
        DeviceWiring wiring = new DeviceWiring(
                vm, memoryOf(reachable), registerPages, requiredFeatures(), loops, registrar, bus, resources, warnings);
        DeviceFactory factory = new DeviceFactory(
                consoles,
                extensions,
                new NetworkWiring(config.name(), loops, resources, warnings),
                new OutsideDevices(reachable, loops, resources),
                limiter -> new GuestPages(vm, reachable.region(), limiter),
                resources,
                warnings);
        List<AttachedDevice> devices = new ArrayList<>();
        for (int i = 0; i < config.devices().size(); i++) {
            int index = i;
            devices.add(wiring.attach(
                    index, interrupt -> factory.create(config.devices().get(index), index, interrupt)));
        }
        setEntry(vcpus, entry);
        if (hardware.shared().isPresent()) {
            // Last: from here on the guest's memory and registers are its own.
            vm.protect();
        }
        listener.reached(LaunchPhase.DEVICES);
        Optional<ConsoleInput> input =
                consoles.terminalConsole().map(sink -> new ConsoleInput(loops.of(consoles.terminalOwner()), sink));
        input.ifPresent(console::setInput);
        return new Machine(
                end,
                pauseRequest,
                loop,
                bus,
                vcpus,
                registrar,
                gpio,
                List.copyOf(devices),
                console,
                input,
                factory.balloon(),
                config.machine().memoryBytes(),
                resources);
    }

    private SharedMemory createRam(String prefix, long address, long bytes) {
        MemFd memFd = MemFd.create(prefix + config.name(), bytes);
        resources.push(memFd::close);
        Mapping mapping = Mapping.of(memFd);
        resources.push(mapping::close);
        return new SharedMemory(new GuestMemory.Region(address, mapping.segment()), memFd.descriptor());
    }

    /** All that the devices of a protected guest may reach. */
    private SharedMemory shareMemory(Vm vm, GuestDescription.Range range) {
        SharedMemory shared = createRam("jinn-shared-", range.start(), range.end() - range.start());
        vm.addSharedMemory(SHARED_SLOT, range.start(), shared.region().host());
        return shared;
    }

    private static GuestMemory memoryOf(SharedMemory shared) {
        return new GuestMemory(List.of(shared.region()));
    }

    /** A driver that does not ask its platform for memory would give the devices of a protected guest private one. */
    private long requiredFeatures() {
        return config.protection().mode() == ProtectionMode.PROTECTED ? Feature.ACCESS_PLATFORM : 0;
    }

    private void createInterruptController(Vm vm) {
        vm.createInterruptController(
                GuestLayout.GIC_DISTRIBUTOR,
                GuestLayout.GIC_DISTRIBUTOR_BYTES,
                GuestLayout.GIC_REDISTRIBUTORS,
                GuestLayout.GIC_REDISTRIBUTOR_BYTES * config.machine().cpus());
    }

    private List<Vcpu> createVcpus(Vm vm) {
        List<Vcpu> vcpus = new ArrayList<>();
        for (int id = 0; id < config.machine().cpus(); id++) {
            Vcpu vcpu = vm.createVcpu(id);
            resources.push(vcpu::close);
            vcpus.add(vcpu);
        }
        return List.copyOf(vcpus);
    }

    private BootLoader.Entry loadGuest(GuestMemory memory, GuestHardware hardware) {
        return BootLoader.load(memory, BootCheck.source(config), hardware);
    }

    private static void setEntry(List<Vcpu> vcpus, BootLoader.Entry entry) {
        Vcpu boot = vcpus.getFirst();
        boot.setRegister(Register.X0, entry.deviceTree());
        boot.setRegister(Register.PC, entry.entry());
        // The others get their entry from the guest, by PSCI CPU_ON.
        vcpus.forEach(vcpu -> vcpu.setRegister(Register.PSTATE, PSTATE_AT_ENTRY));
    }

    private void attachUserDoorbells(
            DoorbellRegistrar registrar,
            EventLoops loops,
            Map<String, DoorbellHandler> actions,
            Consumer<String> warnings) {
        List<Doorbell> doorbells = config.doorbells().stream()
                .map(doorbell -> registrar.register(
                        userRequest(doorbell, actions.get(doorbell.name())), loops.of(doorbell.name())))
                .toList();
        WarningLimiter limiter = new WarningLimiter(warnings);
        DoorbellRanges.Range window = new DoorbellRanges.Range(
                GuestLayout.DOORBELLS, GuestLayout.DOORBELLS + GuestLayout.DOORBELLS_BYTES - 1);
        placeDoorbells("the doorbell window", window, doorbells, limiter);
        List<DoorbellKey> keys = doorbells.stream().map(Doorbell::key).toList();
        for (DoorbellRanges.Range range : DoorbellRanges.outside(window, keys)) {
            placeDoorbells("a user doorbell", range, doorbells, limiter);
        }
    }

    private Map<String, DoorbellHandler> doorbellActions(Extensions extensions, Consumer<String> warnings) {
        DoorbellActions actions =
                new DoorbellActions(config.name(), end, pauseRequest, extensions, resources, warnings);
        Map<String, DoorbellHandler> byName = new HashMap<>();
        config.doorbells().forEach(doorbell -> byName.put(doorbell.name(), actions.create(doorbell)));
        return byName;
    }

    private DoorbellRequest userRequest(DoorbellConfig doorbell, DoorbellHandler action) {
        return new DoorbellRequest(
                doorbell.name(),
                new DoorbellKey(doorbell.address(), doorbell.length(), doorbell.match()),
                DoorbellRequest.Fallback.USERSPACE,
                (rung, count) -> {
                    action.rang(rung, count);
                    listener.doorbellRang(rung.status());
                });
    }

    private void placeDoorbells(
            String owner, DoorbellRanges.Range range, List<Doorbell> doorbells, WarningLimiter limiter) {
        bus.add(owner, range.first(), range.bytes(), new DoorbellWindow(range.first(), doorbells, limiter));
    }

    private void attachSerial(Vm vm, ConsoleWiring consoles) {
        IrqFdLine line = IrqFdLine.bind(vm, GuestLayout.SERIAL_SPI);
        resources.push(line::close);
        bus.add(
                "the PL011",
                GuestLayout.SERIAL,
                GuestLayout.SERIAL_BYTES,
                consoles.serial(config.serial().target(), line));
    }

    private Pl061 attachGpio(Vm vm) {
        IrqFdLine line = IrqFdLine.bind(vm, GuestLayout.GPIO_SPI);
        resources.push(line::close);
        Pl061 gpio = new Pl061(line);
        bus.add("the PL061", GuestLayout.GPIO, GuestLayout.GPIO_BYTES, gpio);
        return gpio;
    }
}
