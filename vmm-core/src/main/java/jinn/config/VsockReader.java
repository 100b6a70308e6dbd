package jinn.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads a socket device. */
final class VsockReader {

    private static final Path UNKNOWN = Path.of("/");

    private final Path description;
    private final Problems problems;

    VsockReader(Path description, Problems problems) {
        this.description = description;
        this.problems = problems;
    }

    DeviceConfig.Vsock read(ObjectReader device) {
        int cid = device.integer("cid").orElse(Rules.FIRST_CID);
        device.report(Rules.cid(cid));
        device.require("path", "the path of the Unix socket that leads to the guest");
        Optional<Path> path = new FileReferences(description, device).path("path");
        path.ifPresent(socket -> check(device, socket));
        return new DeviceConfig.Vsock(cid, path.orElse(UNKNOWN));
    }

    private void check(ObjectReader device, Path socket) {
        device.report(Rules.socketPath(socket));
        Path directory = socket.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            problems.add(device.place("path"), Quoting.quotePath(socket) + ": must be in a directory that exists");
        }
    }
}
