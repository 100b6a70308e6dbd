package jinn.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jinn.boot.GuestLayout;

/**
 * Makes the records from one file's JSON, and notes every problem with its place.
 *
 * <p>A section with a problem is read on with defaults, so that the other sections are checked too; the result is only
 * good when no problem was noted.
 */
final class ConfigReader {

    private static final MachineConfig DEFAULT_MACHINE = new MachineConfig(1, 256L << 20);

    private static final Map<String, HypervisorChoice> HYPERVISORS = Stream.of(HypervisorChoice.values())
            .collect(Collectors.toMap(choice -> choice.name().toLowerCase(Locale.ROOT), Function.identity()));

    private final Path file;
    private final Problems problems;

    ConfigReader(Path file, Problems problems) {
        this.file = file;
        this.problems = problems;
    }

    /** Reads the whole description; the result may be null or partly defaults when there are problems. */
    VmConfig read(JsonValue root) {
        Optional<ObjectReader> reader = ObjectReader.of(root, problems);
        return reader.map(this::vm).orElse(null);
    }

    private VmConfig vm(ObjectReader vm) {
        vm.text("$schema");
        if (!isReadable(vm)) {
            // What the other keys of a newer version mean, nobody can say here.
            return null;
        }
        String name = vm.text("name").orElseGet(this::defaultName);
        vm.report(Rules.name(name));
        HypervisorChoice hypervisor = hypervisor(vm);
        MachineConfig machine = vm.object("machine").map(this::machine).orElse(DEFAULT_MACHINE);
        DeviceReader devices = devices(vm);
        List<DeviceConfig> deviceConfigs = devices.deviceConfigs();
        vm.require("boot", "an object with the kernel to boot");
        BootConfig boot =
                vm.object("boot").map(section -> boot(section, deviceConfigs)).orElse(null);
        List<GuestMap.Range> map = GuestMap.ranges(machine, deviceConfigs);
        List<DoorbellConfig> doorbells = new DoorbellReader(file, problems, map).read(vm.array("doorbells"));
        ProtectionConfig protection = vm.object("protection")
                .map(section -> new ProtectionReader(section).read(machine))
                .orElse(ProtectionConfig.NONE);
        List<LoopConfig> loops = loops(vm, deviceConfigs, doorbells);
        LoggingConfig logging = vm.object("logging")
                .map(section -> new LoggingReader(file, section).read())
                .orElse(LoggingConfig.DEFAULT);
        vm.finish();
        if (!problems.isEmpty()) {
            return null;
        }
        return new VmConfig(
                name,
                hypervisor,
                machine,
                boot,
                devices.serialConfig(),
                deviceConfigs,
                doorbells,
                protection,
                loops,
                logging);
    }

    private List<LoopConfig> loops(ObjectReader vm, List<DeviceConfig> devices, List<DoorbellConfig> doorbells) {
        List<JsonValue> elements = vm.array("loops");
        if (elements.size() > Rules.MAX_LOOPS) {
            problems.add(vm.place("loops"), elements.size() + " loops: must be at most " + Rules.MAX_LOOPS);
        }
        return new LoopReader(problems, devices, doorbells).read(elements);
    }

    private static boolean isReadable(ObjectReader vm) {
        int version = vm.integer("version").orElse(Rules.VERSION);
        vm.report(Rules.version(version));
        return version <= Rules.VERSION;
    }

    private HypervisorChoice hypervisor(ObjectReader vm) {
        Optional<String> text = vm.text("hypervisor");
        Optional<HypervisorChoice> choice = text.map(HYPERVISORS::get);
        if (text.isPresent() && choice.isEmpty()) {
            problems.add(
                    vm.place("hypervisor"),
                    Quoting.quote(text.get()) + ": must be \"auto\", \"gzvm\" or \"kvm\""
                            + Nearest.question(text.get(), HYPERVISORS.keySet()));
        }
        return choice.orElse(HypervisorChoice.AUTO);
    }

    private DeviceReader devices(ObjectReader vm) {
        DeviceReader devices = new DeviceReader(file, problems);
        vm.object("serial").ifPresent(devices::serial);
        List<JsonValue> elements = vm.array("devices");
        devices.devices(elements);
        if (elements.size() > GuestLayout.VIRTIO_MAXIMUM) {
            problems.add(
                    vm.place("devices"), elements.size() + " devices: must be at most " + GuestLayout.VIRTIO_MAXIMUM);
        }
        return devices;
    }

    /** The file's name without its ending, made to fit the rule for names. */
    private String defaultName() {
        String fileName = file.getFileName().toString().toLowerCase(Locale.ROOT);
        String base = fileName.endsWith(".json") ? fileName.substring(0, fileName.length() - 5) : fileName;
        String fitting = base.replaceAll("[^a-z0-9-]", "-");
        return fitting.isEmpty() ? "vm" : fitting.substring(0, Math.min(64, fitting.length()));
    }

    private MachineConfig machine(ObjectReader machine) {
        int cpus = machine.integer("cpus").orElse(DEFAULT_MACHINE.cpus());
        long memoryBytes = machine.size("memory").orElse(DEFAULT_MACHINE.memoryBytes());
        machine.finish();
        List<Violation> violations = Rules.machine(cpus, memoryBytes);
        machine.report(violations);
        return violations.isEmpty() ? new MachineConfig(cpus, memoryBytes) : DEFAULT_MACHINE;
    }

    private BootConfig boot(ObjectReader boot, List<DeviceConfig> devices) {
        boot.require("kernel", "the path of an arm64 Image");
        FileReferences files = new FileReferences(file, boot);
        Optional<Path> kernel = files.read("kernel");
        Optional<Path> initrd = files.read("initrd");
        String cmdline = boot.text("cmdline").orElse("");
        Optional<Path> dtb = files.read("dtb");
        List<Path> overlays = files.readAll("overlays");
        boot.finish();
        List<Violation> violations = Rules.cmdline(cmdline);
        boot.report(violations);
        boot.report(KernelConsoles.check(cmdline, devices));
        return kernel.isPresent() && violations.isEmpty()
                ? new BootConfig(kernel.get(), initrd, cmdline, dtb, overlays)
                : null;
    }
}
