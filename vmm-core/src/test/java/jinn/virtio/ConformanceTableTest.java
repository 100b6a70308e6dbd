package jinn.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds docs/virtio.md against the tests that it names. */
final class ConformanceTableTest {

    private static final Path TABLE = Path.of("..", "docs", "virtio.md");
    private static final List<Path> TESTS =
            List.of(Path.of("src", "test", "java"), Path.of("..", "vmm-cli", "src", "test", "java"));

    @Test
    void everyTestThatTheTableNamesIsThere() throws IOException {
        Map<String, String> sources = sources();
        List<MatchResult> named = Pattern.compile("`(\\w+)#(\\w+)`")
                .matcher(Files.readString(TABLE))
                .results()
                .toList();
        List<String> missing = named.stream()
                .filter(test -> !sources.getOrDefault(test.group(1), "").contains(" void " + test.group(2) + "("))
                .map(MatchResult::group)
                .toList();
        assertEquals(List.of(), missing);
        assertTrue(named.size() > 30, named.size() + " rows");
    }

    /** Returns the text of each test class by its simple name. */
    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        for (Path root : TESTS) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
                }
            }
        }
        return sources;
    }
}
