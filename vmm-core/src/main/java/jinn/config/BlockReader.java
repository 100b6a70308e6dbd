package jinn.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jinn.config.JsonValue.Place;

/** Reads block devices, and sees to it that nobody else in the VM uses a disk that one of them writes. */
final class BlockReader {

    private record User(Place place, Path path, boolean readOnly) {}

    private final Path description;
    private final List<User> users = new ArrayList<>();

    BlockReader(Path description) {
        this.description = description;
    }

    /** Returns the device, unless something about it is a problem. */
    Optional<DeviceConfig> read(ObjectReader device) {
        device.require("path", "the path of a raw disk image or a block device");
        boolean readOnly = device.truth("readonly").orElse(false);
        int queues = device.integer("queues").orElse(1);
        boolean direct = device.truth("direct").orElse(false);
        Optional<String> id = device.text("id");
        List<Violation> violations = Rules.block(queues, id);
        device.report(violations);
        Optional<Path> path = new FileReferences(description, device).disk("path", readOnly);
        path.ifPresent(file -> claim(device, new User(device.place("path"), file, readOnly)));
        return path.filter(ignored -> violations.isEmpty())
                .map(file -> new DeviceConfig.Block(file, readOnly, queues, direct, id));
    }

    private void claim(ObjectReader device, User user) {
        users.stream()
                .filter(other -> !(user.readOnly() && other.readOnly()) && isSameFile(user.path(), other.path()))
                .findFirst()
                .ifPresent(other -> device.problems()
                        .add(
                                user.place(),
                                Quoting.quotePath(user.path()) + ": is the disk of "
                                        + other.place().path() + " too; both must be \"readonly\" for that"));
        users.add(user);
    }

    private static boolean isSameFile(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            return one.equals(other);
        }
    }
}
