package jinn.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Loads every file of {@code configs/}. The guests may not be built yet, so files of any content stand in for them. */
final class ShippedConfigsTest {

    private static final Path CONFIGS = Path.of("..", "configs");
    private static final Pattern BOOT_FILE = Pattern.compile("\"(\\.\\./build/[^\"]+)\"");

    @TempDir
    private Path project;

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(CONFIGS)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .filter(file -> !file.endsWith("jinn.schema.json"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void theListOfExamplesExplainsEachInOneLine() throws IOException {
        List<String> explained = Pattern.compile("(?m)^\\| \\[([a-z-]+\\.json)]\\(\\1\\) \\| [^|]{20,} \\|$")
                .matcher(Files.readString(CONFIGS.resolve("README.md")))
                .results()
                .map(row -> row.group(1))
                .sorted()
                .toList();
        List<String> names =
                files().stream().map(file -> file.getFileName().toString()).toList();
        assertEquals(names, explained);
        assertTrue(names.size() >= 8, names::toString);
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFileLoadsAndIsNamedAsItsVm(Path file) throws IOException {
        Path copy = Files.createDirectories(project.resolve("configs")).resolve(file.getFileName());
        String json = Files.readString(file);
        Files.writeString(copy, json);
        for (MatchResult match : BOOT_FILE.matcher(json).results().toList()) {
            Path bootFile = copy.resolveSibling(match.group(1)).normalize();
            Files.createDirectories(bootFile.getParent());
            // A disk has whole sectors.
            Files.write(bootFile, new byte[512]);
        }

        assertEquals(file.getFileName().toString(), ConfigLoader.load(copy).name() + ".json");
    }
}
