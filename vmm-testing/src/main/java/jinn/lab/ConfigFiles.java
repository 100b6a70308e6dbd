package jinn.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files that a VM's description names. */
final class ConfigFiles {

    private ConfigFiles() {}

    /**
     * Returns the absolute paths of the config and of every file that one of its strings names. A config that is no JSON
     * names none: {@code jinn} will tell what is wrong with it.
     *
     * @throws IllegalArgumentException if there is no such config
     */
    static Set<Path> of(Path config) {
        Path file = config.toAbsolutePath().normalize();
        Set<Path> files = new LinkedHashSet<>();
        files.add(file);
        try {
            addNamed(JsonMapper.shared().readTree(Files.readString(file)), file, files);
        } catch (JacksonException e) {
            files.retainAll(Set.of(file));
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read the config " + config, new UncheckedIOException(e));
        }
        return files;
    }

    private static void addNamed(JsonNode node, Path config, Set<Path> files) {
        if (node.isString()) {
            addIfFile(node.asString(), config, files);
        }
        node.forEach(child -> addNamed(child, config, files));
    }

    private static void addIfFile(String name, Path config, Set<Path> files) {
        try {
            Path file = config.resolveSibling(name).normalize();
            if (!name.isEmpty() && Files.isRegularFile(file)) {
                files.add(file);
            }
        } catch (InvalidPathException e) {
            // A string that cannot be a path names no file.
            return;
        }
    }
}
