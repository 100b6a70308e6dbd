package jinn.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the properties of a section that name files, relative to the directory of the VM's description. */
final class FileReferences {

    private final Path directory;
    private final ObjectReader section;

    FileReferences(Path description, ObjectReader section) {
        this.directory = description.toAbsolutePath().getParent();
        this.section = section;
    }

    /** Returns the file's path if the property is there and names a file with content that can be read. */
    Optional<Path> read(String key) {
        return section.text(key).flatMap(text -> {
            Optional<Path> path = resolve(text);
            String rule = path.map(FileReferences::problemOf).orElse("must be a path");
            if (rule.isEmpty()) {
                return path;
            }
            section.problems().add(section.place(key), Quoting.quote(text) + ": " + rule);
            return Optional.empty();
        });
    }

    private Optional<Path> resolve(String text) {
        try {
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(directory.resolve(text).normalize());
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Returns what is wrong with the file, or an empty string. */
    private static String problemOf(Path path) {
        String file = "must be a file that can be read, but " + Quoting.quotePath(path);
        if (!Files.exists(path)) {
            return file + " does not exist";
        }
        if (!Files.isRegularFile(path)) {
            return file + " is not a regular file";
        }
        if (!Files.isReadable(path)) {
            return file + " is not readable for this user";
        }
        try {
            return Files.size(path) > 0 ? "" : file + " is empty";
        } catch (IOException e) {
            return file + " cannot be looked at: " + e.getMessage();
        }
    }
}
