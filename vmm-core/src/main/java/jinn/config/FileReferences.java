package jinn.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import jinn.config.JsonValue.Place;
import jinn.config.JsonValue.TextValue;
import jinn.config.JsonValue.ToldValue;

/** Reads the properties of a section that name files, relative to the directory of the VM's description. */
final class FileReferences {

    private static final int SECTOR_BYTES = 512;

    private final Path directory;
    private final ObjectReader section;

    FileReferences(Path description, ObjectReader section) {
        this.directory = description.toAbsolutePath().getParent();
        this.section = section;
    }

    /** Returns the file's path if the property is there and names a file with content that can be read. */
    Optional<Path> read(String key) {
        return find(key, FileReferences::problemOf);
    }

    /** Returns the path of a disk, a file or a block device, if the property is there and names one that can be used. */
    Optional<Path> disk(String key, boolean readOnly) {
        return find(key, path -> problemOfDisk(path, readOnly));
    }

    /** Returns the path of a directory, if the property is there and names one that can be read. */
    Optional<Path> directory(String key) {
        return find(key, FileReferences::problemOfDirectory);
    }

    /** Returns the paths of an array's files; one that cannot be read is left out, as a problem. */
    List<Path> readAll(String key) {
        List<Path> paths = new ArrayList<>();
        for (JsonValue element : section.array(key)) {
            if (element instanceof TextValue text) {
                check(text.text(), text.place(), FileReferences::problemOf).ifPresent(paths::add);
            } else if (!(element instanceof ToldValue)) {
                section.problems().add(element.place(), element.shown() + ": must be a string, the path of a file");
            }
        }
        return paths;
    }

    private Optional<Path> find(String key, Function<Path, String> problem) {
        return section.text(key).flatMap(text -> check(text, section.place(key), problem));
    }

    private Optional<Path> check(String text, Place place, Function<Path, String> problem) {
        Optional<Path> path = resolve(text);
        String rule = path.map(problem).orElse("must be a path");
        if (rule.isEmpty()) {
            return path;
        }
        section.problems().add(place, Quoting.quote(text) + ": " + rule);
        return Optional.empty();
    }

    /** Returns the absolute path if the property is there and is one, whether anything is at it or not. */
    Optional<Path> path(String key) {
        return section.text(key).flatMap(text -> {
            Optional<Path> path = resolve(text);
            if (path.isEmpty()) {
                section.problems().add(section.place(key), Quoting.quote(text) + ": must be a path");
            }
            return path;
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

    private static String problemOfDirectory(Path path) {
        return Files.isDirectory(path) && Files.isReadable(path)
                ? ""
                : "must be a directory that can be read, but " + Quoting.quotePath(path) + " is none";
    }

    private static String problemOfDisk(Path path, boolean readOnly) {
        String disk = "must be a disk, but " + Quoting.quotePath(path);
        if (!Files.exists(path)) {
            return disk + " does not exist; 'truncate -s 1G FILE' makes an empty one";
        }
        if (Files.isDirectory(path)) {
            return disk + " is a directory";
        }
        if (!Files.isReadable(path) || (!readOnly && !Files.isWritable(path))) {
            return disk + " is not "
                    + (readOnly
                            ? "readable for this user"
                            : "readable and writable for this user; \"readonly\": true needs no write access");
        }
        try {
            // A block device's size is not in its inode.
            return !Files.isRegularFile(path) ? "" : problemOfSize(disk, Files.size(path));
        } catch (IOException e) {
            return disk + " cannot be looked at: " + e.getMessage();
        }
    }

    private static String problemOfSize(String disk, long bytes) {
        if (bytes == 0) {
            return disk + " is empty";
        }
        return bytes % SECTOR_BYTES == 0
                ? ""
                : disk + " has " + bytes + " bytes, which is not a multiple of " + SECTOR_BYTES;
    }
}
