package jinn.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jinn.config.JsonValue.Place;

/**
 * Reads the serial port and the devices, and gives the terminal to one of them.
 *
 * <p>Where nobody names {@code "terminal"}, the first console without a target gets it, or else the serial port; all
 * others without a target get {@code "output"}.
 */
final class ConsoleReader {

    private static final Map<String, ConsoleTarget> TARGETS = Stream.of(ConsoleTarget.values())
            .collect(Collectors.toMap(target -> target.name().toLowerCase(Locale.ROOT), Function.identity()));

    private static final String TARGET_RULE = "must be \"terminal\", \"output\" or \"none\"";
    private static final String TYPE_RULE = "must be \"console\" or \"rng\"";

    private enum DeviceType {
        CONSOLE,
        RNG
    }

    /** A device whose target may still be open. */
    private record Draft(DeviceType type, Optional<ConsoleTarget> target) {}

    private final Problems problems;
    private final List<Draft> drafts = new ArrayList<>();
    private Optional<ConsoleTarget> serialTarget = Optional.empty();
    private Optional<Place> terminalOwner = Optional.empty();

    ConsoleReader(Problems problems) {
        this.problems = problems;
    }

    void serial(ObjectReader serial) {
        serialTarget = target(serial);
        serial.finish();
    }

    void devices(List<JsonValue> elements) {
        for (JsonValue element : elements) {
            ObjectReader.of(element, problems).ifPresent(this::device);
        }
    }

    int deviceCount() {
        return drafts.size();
    }

    /** Returns how many of the devices are consoles: hvc0 and on in Linux. */
    int consoleCount() {
        return (int) drafts.stream()
                .filter(draft -> draft.type() == DeviceType.CONSOLE)
                .count();
    }

    SerialConfig serialConfig() {
        boolean consoleHasTerminal = deviceConfigs().contains(new DeviceConfig.Console(ConsoleTarget.TERMINAL));
        return new SerialConfig(
                serialTarget.orElse(consoleHasTerminal ? ConsoleTarget.OUTPUT : ConsoleTarget.TERMINAL));
    }

    List<DeviceConfig> deviceConfigs() {
        List<DeviceConfig> devices = new ArrayList<>();
        boolean terminalTaken = terminalOwner.isPresent();
        for (Draft draft : drafts) {
            switch (draft.type()) {
                case RNG -> devices.add(new DeviceConfig.Rng());
                case CONSOLE -> {
                    ConsoleTarget open = terminalTaken ? ConsoleTarget.OUTPUT : ConsoleTarget.TERMINAL;
                    terminalTaken |= draft.target().isEmpty();
                    devices.add(new DeviceConfig.Console(draft.target().orElse(open)));
                }
            }
        }
        return devices;
    }

    private void device(ObjectReader device) {
        device.require("type", "\"console\" or \"rng\"");
        Optional<String> type = device.text("type");
        switch (type.orElse("")) {
            case "console" -> drafts.add(new Draft(DeviceType.CONSOLE, target(device)));
            case "rng" -> drafts.add(new Draft(DeviceType.RNG, Optional.empty()));
            default -> {
                // Without a known type nobody can say which other keys belong here.
                type.ifPresent(text -> problems.add(
                        device.place("type"),
                        Quoting.quote(text) + ": " + TYPE_RULE + Nearest.question(text, List.of("console", "rng"))));
                return;
            }
        }
        device.finish();
    }

    private Optional<ConsoleTarget> target(ObjectReader owner) {
        Optional<String> text = owner.text("target");
        Optional<ConsoleTarget> target = text.map(TARGETS::get);
        if (text.isPresent() && target.isEmpty()) {
            problems.add(
                    owner.place("target"),
                    Quoting.quote(text.get()) + ": " + TARGET_RULE + Nearest.question(text.get(), TARGETS.keySet()));
        }
        if (target.filter(t -> t == ConsoleTarget.TERMINAL).isPresent()) {
            terminalOwner.ifPresent(other -> problems.add(
                    owner.place("target"),
                    "\"terminal\": must be on one console only, but " + other.path() + " has it"));
            terminalOwner = terminalOwner.or(() -> Optional.of(owner.place("target")));
        }
        return target;
    }
}
