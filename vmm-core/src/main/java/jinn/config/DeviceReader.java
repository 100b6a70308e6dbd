package jinn.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads the serial port and the devices, and gives the terminal to one of them.
 *
 * <p>Where nobody names {@code "terminal"}, the first console without a target gets it, or else the serial port; all
 * others without a target get {@code "output"}.
 */
final class DeviceReader {

    /** A device as far as it can be known before all of them are read. */
    private sealed interface Draft {

        /** A device that depends on no other. */
        record Complete(DeviceConfig device) implements Draft {}

        /** A console that takes what the others leave. */
        record OpenConsole(List<DeviceConfig.ConsolePort> ports) implements Draft {}
    }

    private final Path description;
    private final Problems problems;
    private final ConsoleReader consoles;
    private final BlockReader blocks;
    private final VhostUserReader backends;
    private final List<Draft> drafts = new ArrayList<>();
    private Optional<ConsoleTarget> serialTarget = Optional.empty();

    /** What reads a device, by its type; nothing when it has problems that leave nothing of it. */
    private final Map<String, Function<ObjectReader, Optional<Draft>>> types = new TreeMap<>(Map.of(
            "balloon", this::balloon,
            "block", this::block,
            "console", this::console,
            "fs", this::fs,
            "java", this::java,
            "net", this::net,
            "rng", device -> complete(new DeviceConfig.Rng()),
            "vhost-user", this::backend,
            "vsock", this::vsock));

    DeviceReader(Path description, Problems problems) {
        this.description = description;
        this.problems = problems;
        this.consoles = new ConsoleReader(problems);
        this.blocks = new BlockReader(description);
        this.backends = new VhostUserReader(description);
    }

    void serial(ObjectReader serial) {
        serialTarget = consoles.target(serial);
        serial.finish();
    }

    void devices(List<JsonValue> elements) {
        for (JsonValue element : elements) {
            ObjectReader.of(element, problems).ifPresent(this::device);
        }
    }

    SerialConfig serialConfig() {
        boolean consoleHasTerminal = deviceConfigs().stream()
                .anyMatch(device ->
                        device instanceof DeviceConfig.Console console && console.target() == ConsoleTarget.TERMINAL);
        return new SerialConfig(
                serialTarget.orElse(consoleHasTerminal ? ConsoleTarget.OUTPUT : ConsoleTarget.TERMINAL));
    }

    List<DeviceConfig> deviceConfigs() {
        List<DeviceConfig> devices = new ArrayList<>();
        boolean terminalTaken = consoles.hasTerminal();
        for (Draft draft : drafts) {
            switch (draft) {
                case Draft.Complete complete -> devices.add(complete.device());
                case Draft.OpenConsole open -> {
                    devices.add(new DeviceConfig.Console(
                            terminalTaken ? ConsoleTarget.OUTPUT : ConsoleTarget.TERMINAL, open.ports()));
                    terminalTaken = true;
                }
            }
        }
        return devices;
    }

    private void device(ObjectReader device) {
        device.require("type", "one of " + quotedTypes());
        Optional<String> type = device.text("type");
        Function<ObjectReader, Optional<Draft>> reader = type.map(types::get).orElse(null);
        if (reader == null) {
            // Without a known type nobody can say which other keys belong here.
            type.ifPresent(text -> problems.add(
                    device.place("type"),
                    Quoting.quote(text) + ": must be one of " + quotedTypes()
                            + Nearest.question(text, types.keySet())));
            return;
        }
        reader.apply(device).ifPresent(drafts::add);
        device.finish();
    }

    private String quotedTypes() {
        return types.keySet().stream().map(Quoting::quote).collect(Collectors.joining(", "));
    }

    private Optional<Draft> balloon(ObjectReader device) {
        return complete(new DeviceConfig.Balloon(device.truth("deflate-on-oom").orElse(true)));
    }

    private Optional<Draft> block(ObjectReader device) {
        return blocks.read(device).flatMap(DeviceReader::complete);
    }

    private Optional<Draft> console(ObjectReader device) {
        List<DeviceConfig.ConsolePort> ports = new ConsolePortReader(description, problems).read(device);
        return consoles.target(device)
                .flatMap(target -> complete(new DeviceConfig.Console(target, ports)))
                .or(() -> Optional.of(new Draft.OpenConsole(ports)));
    }

    private Optional<Draft> fs(ObjectReader device) {
        return backends.fs(device).flatMap(DeviceReader::complete);
    }

    private Optional<Draft> backend(ObjectReader device) {
        return backends.backend(device).flatMap(DeviceReader::complete);
    }

    private Optional<Draft> java(ObjectReader device) {
        return ProviderReference.read(description, device)
                .flatMap(named -> complete(new DeviceConfig.Java(named.jar(), named.provider(), named.settings())));
    }

    private Optional<Draft> net(ObjectReader device) {
        return complete(new NetReader(description, problems).read(device));
    }

    private Optional<Draft> vsock(ObjectReader device) {
        return complete(new VsockReader(description, problems).read(device));
    }

    private static Optional<Draft> complete(DeviceConfig device) {
        return Optional.of(new Draft.Complete(device));
    }
}
