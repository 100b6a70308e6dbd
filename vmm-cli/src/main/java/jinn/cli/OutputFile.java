package jinn.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import jinn.error.HostException;

/** Writes files whole or not at all. */
final class OutputFile {

    private OutputFile() {}

    /**
     * Writes a file, or replaces it. Where the path names something else than a file, a pipe for example, the bytes go
     * there.
     *
     * @param what it is, for messages
     * @throws HostException when that is not possible; a file that was there before is then as it was
     */
    static void write(String what, Path path, byte[] bytes) {
        try {
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                Files.write(path, bytes);
                return;
            }
            // Not a temporary file by name: that would have permissions for its owner only.
            Path part = path.resolveSibling(
                    "." + path.getFileName() + "." + ProcessHandle.current().pid() + ".part");
            try {
                Files.write(part, bytes);
                Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new HostException("cannot write " + what + " " + path + ": " + reason(path, e), e);
        }
    }

    private static String reason(Path path, IOException e) {
        if (Files.isDirectory(path)) {
            return "is a directory";
        }
        return switch (e) {
            case NoSuchFileException missing -> "no such directory";
            case AccessDeniedException denied -> "permission denied";
            default -> String.valueOf(e.getMessage());
        };
    }
}
