package jinn.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the devices that another process serves: shared directories and back-ends of any kind. */
final class VhostUserReader {

    private static final Map<String, VhostUserKind> KINDS = new TreeMap<>(
            Stream.of(VhostUserKind.values()).collect(Collectors.toMap(VhostUserKind::key, Function.identity())));

    private final Path description;

    VhostUserReader(Path description) {
        this.description = description;
    }

    Optional<DeviceConfig> fs(ObjectReader device) {
        device.require("tag", "the name by which the guest mounts it");
        Optional<String> tag = device.text("tag");
        FileReferences files = new FileReferences(description, device);
        Optional<Path> path = files.directory("path");
        Optional<Path> socket = files.path("socket");
        boolean named = (path.isPresent() || !device.has("path")) && (socket.isPresent() || !device.has("socket"));
        if (tag.isEmpty() || !named) {
            return Optional.empty();
        }
        List<Violation> violations = Rules.fs(tag.get(), path.isPresent(), socket.isPresent());
        device.report(violations);
        return violations.isEmpty() ? Optional.of(new DeviceConfig.Fs(tag.get(), path, socket)) : Optional.empty();
    }

    Optional<DeviceConfig> backend(ObjectReader device) {
        device.require("device", quotedKinds());
        device.require("socket", "the path of the back-end's Unix socket");
        Optional<VhostUserKind> kind = kind(device);
        Optional<Path> socket = new FileReferences(description, device).path("socket");
        int queues = device.integer("queues").orElse(1);
        List<Violation> violations = Rules.queues(queues);
        device.report(violations);
        return kind.isPresent() && socket.isPresent() && violations.isEmpty()
                ? Optional.of(new DeviceConfig.VhostUser(kind.get(), socket.get(), queues))
                : Optional.empty();
    }

    private static Optional<VhostUserKind> kind(ObjectReader device) {
        Optional<String> text = device.text("device");
        Optional<VhostUserKind> kind = text.map(KINDS::get);
        if (text.isPresent() && kind.isEmpty()) {
            device.problems()
                    .add(
                            device.place("device"),
                            Quoting.quote(text.get()) + ": must be one of " + quotedKinds()
                                    + Nearest.question(text.get(), KINDS.keySet()));
        }
        return kind;
    }

    private static String quotedKinds() {
        return KINDS.keySet().stream().map(Quoting::quote).collect(Collectors.joining(", "));
    }
}
