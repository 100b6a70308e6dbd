package jinn.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the further ports of a console. */
final class ConsolePortReader {

    private final Path description;
    private final Problems problems;
    private final Set<String> names = new HashSet<>();
    private final List<DeviceConfig.ConsolePort> ports = new ArrayList<>();

    ConsolePortReader(Path description, Problems problems) {
        this.description = description;
        this.problems = problems;
    }

    /** Returns the ports that are in order. */
    List<DeviceConfig.ConsolePort> read(ObjectReader console) {
        List<JsonValue> elements = console.array("ports");
        console.report(Rules.consolePortCount(elements.size()));
        for (JsonValue element : elements) {
            ObjectReader.of(element, problems).ifPresent(this::port);
        }
        return ports.subList(0, Math.min(ports.size(), Rules.MAX_CONSOLE_PORTS));
    }

    private void port(ObjectReader port) {
        port.require("name", "the name by which the guest finds the port");
        Optional<String> name = port.text("name");
        FileReferences files = new FileReferences(description, port);
        Optional<Path> socket = files.path("socket");
        Optional<Path> file = files.path("file");
        port.finish();
        boolean named = (socket.isPresent() || !port.has("socket")) && (file.isPresent() || !port.has("file"));
        if (name.isEmpty() || !named) {
            return;
        }
        List<Violation> violations = Rules.consolePort(name.get(), socket.isPresent(), file.isPresent());
        port.report(violations);
        socket.ifPresent(path -> port.report(Rules.socketAddress(path)));
        checkPlace(port, "socket", socket);
        checkPlace(port, "file", file);
        if (!names.add(name.get())) {
            port.report(List.of(new Violation(
                    "name", Quoting.quote(name.get()), "must be unique, but an earlier port has it too")));
        } else if (violations.isEmpty()) {
            ports.add(new DeviceConfig.ConsolePort(name.get(), socket, file));
        }
    }

    private void checkPlace(ObjectReader port, String key, Optional<Path> path) {
        path.map(Path::getParent)
                .filter(directory -> !Files.isDirectory(directory))
                .ifPresent(directory -> problems.add(
                        port.place(key),
                        Quoting.quotePath(path.orElseThrow()) + ": must be in a directory that exists"));
    }
}
