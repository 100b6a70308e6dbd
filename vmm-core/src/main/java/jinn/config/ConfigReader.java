package jinn.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import jinn.boot.GuestLayout;

/**
 * Makes the records from one file's JSON, and notes every problem with its place.
 *
 * <p>A section with a problem is read on with defaults, so that the other sections are checked too; the result is only
 * good when no problem was noted.
 */
final class ConfigReader {

    private static final MachineConfig DEFAULT_MACHINE = new MachineConfig(1, 256L << 20);

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
        String name = vm.text("name").orElseGet(this::defaultName);
        vm.report(Rules.name(name));
        MachineConfig machine = vm.object("machine").map(this::machine).orElse(DEFAULT_MACHINE);
        vm.require("boot", "an object with the kernel to boot");
        BootConfig boot = vm.object("boot").map(this::boot).orElse(null);

        ConsoleReader consoles = new ConsoleReader(problems);
        vm.object("serial").ifPresent(consoles::serial);
        consoles.devices(vm.array("devices"));
        if (vm.has("devices") && consoles.deviceCount() > GuestLayout.VIRTIO_MAXIMUM) {
            problems.add(
                    vm.place("devices"),
                    consoles.deviceCount() + " devices: must be at most " + GuestLayout.VIRTIO_MAXIMUM);
        }
        List<DoorbellConfig> doorbells = doorbells(vm.array("doorbells"), machine);
        vm.finish();
        if (!problems.isEmpty()) {
            return null;
        }
        return new VmConfig(name, machine, boot, consoles.serialConfig(), consoles.deviceConfigs(), doorbells);
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

    private BootConfig boot(ObjectReader boot) {
        boot.require("kernel", "the path of an arm64 Image");
        FileReferences files = new FileReferences(file, boot);
        Optional<Path> kernel = files.read("kernel");
        Optional<Path> initrd = files.read("initrd");
        String cmdline = boot.text("cmdline").orElse("");
        boot.finish();
        List<Violation> violations = Rules.cmdline(cmdline);
        boot.report(violations);
        return kernel.isPresent() && violations.isEmpty() ? new BootConfig(kernel.get(), initrd, cmdline) : null;
    }

    private List<DoorbellConfig> doorbells(List<JsonValue> elements, MachineConfig machine) {
        List<DoorbellConfig> doorbells = new ArrayList<>();
        Map<String, String> pathsByName = new HashMap<>();
        DoorbellIndex index = new DoorbellIndex();
        for (JsonValue element : elements) {
            ObjectReader.of(element, problems)
                    .ifPresent(reader -> doorbell(reader).ifPresent(doorbell -> {
                        checkUnique(
                                reader,
                                doorbell,
                                pathsByName.put(doorbell.name(), element.place().path()));
                        checkCollision(reader, doorbell, index);
                        GuestMap.ownerOf(doorbell, machine)
                                .ifPresent(range -> reader.report(List.of(new Violation(
                                        "address",
                                        Scalars.showAddress(doorbell.address()),
                                        "must not lie on " + range.shown()))));
                        doorbells.add(doorbell);
                    }));
        }
        return doorbells;
    }

    private Optional<DoorbellConfig> doorbell(ObjectReader reader) {
        reader.require("name", "a string");
        reader.require("address", "a hex string, as in \"0x0b000000\"");
        reader.require("length", "1, 2, 4 or 8 bytes, or 0 for a store of any length");
        Optional<String> name = reader.text("name");
        OptionalLong address = reader.address("address");
        OptionalInt length = reader.integer("length");
        OptionalLong match = reader.data("match");
        reader.finish();
        boolean matchIsReadable = match.isPresent() || !reader.has("match");
        if (name.isEmpty() || address.isEmpty() || length.isEmpty() || !matchIsReadable) {
            return Optional.empty();
        }
        List<Violation> violations = Rules.doorbell(name.get(), address.getAsLong(), length.getAsInt(), match);
        reader.report(violations);
        return violations.isEmpty()
                ? Optional.of(new DoorbellConfig(name.get(), address.getAsLong(), length.getAsInt(), match))
                : Optional.empty();
    }

    private void checkUnique(ObjectReader reader, DoorbellConfig doorbell, String earlierPath) {
        if (earlierPath != null) {
            reader.report(List.of(new Violation(
                    "name", Quoting.quote(doorbell.name()), "must be unique, but " + earlierPath + " has it too")));
        }
    }

    private void checkCollision(ObjectReader reader, DoorbellConfig doorbell, DoorbellIndex index) {
        index.add(doorbell)
                .ifPresent(other -> reader.report(List.of(new Violation(
                        "address",
                        Scalars.showAddress(doorbell.address()),
                        "doorbell " + Quoting.quote(doorbell.name()) + " cannot be told apart from "
                                + Quoting.quote(other.name())
                                + ": must differ in address, in length (not 0), or in match"))));
    }
}
