package jinn.config;

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
        record OpenConsole() implements Draft {}
    }

    private final Problems problems;
    private final ConsoleReader consoles;
    private final List<Draft> drafts = new ArrayList<>();
    private Optional<ConsoleTarget> serialTarget = Optional.empty();

    /** What reads a device, by its type. */
    private final Map<String, Function<ObjectReader, Draft>> types = new TreeMap<>(
            Map.of("console", this::console, "rng", device -> new Draft.Complete(new DeviceConfig.Rng())));

    DeviceReader(Problems problems) {
        this.problems = problems;
        this.consoles = new ConsoleReader(problems);
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
        boolean consoleHasTerminal = deviceConfigs().contains(new DeviceConfig.Console(ConsoleTarget.TERMINAL));
        return new SerialConfig(
                serialTarget.orElse(consoleHasTerminal ? ConsoleTarget.OUTPUT : ConsoleTarget.TERMINAL));
    }

    List<DeviceConfig> deviceConfigs() {
        List<DeviceConfig> devices = new ArrayList<>();
        boolean terminalTaken = consoles.hasTerminal();
        for (Draft draft : drafts) {
            switch (draft) {
                case Draft.Complete complete -> devices.add(complete.device());
                case Draft.OpenConsole ignored -> {
                    devices.add(
                            new DeviceConfig.Console(terminalTaken ? ConsoleTarget.OUTPUT : ConsoleTarget.TERMINAL));
                    terminalTaken = true;
                }
            }
        }
        return devices;
    }

    private void device(ObjectReader device) {
        device.require("type", quotedTypes());
        Optional<String> type = device.text("type");
        Function<ObjectReader, Draft> reader = type.map(types::get).orElse(null);
        if (reader == null) {
            // Without a known type nobody can say which other keys belong here.
            type.ifPresent(text -> problems.add(
                    device.place("type"),
                    Quoting.quote(text) + ": must be " + quotedTypes() + Nearest.question(text, types.keySet())));
            return;
        }
        drafts.add(reader.apply(device));
        device.finish();
    }

    private String quotedTypes() {
        return types.keySet().stream().map(Quoting::quote).collect(Collectors.joining(" or "));
    }

    private Draft console(ObjectReader device) {
        return consoles.target(device)
                .<Draft>map(target -> new Draft.Complete(new DeviceConfig.Console(target)))
                .orElseGet(Draft.OpenConsole::new);
    }
}
