package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManCommandTest {

    private static final Set<String> REQUESTS = Set.of(".TH", ".SH", ".B", ".PP", ".TP", ".nf", ".fi");

    @TempDir
    private Path directory;

    private final Map<String, String> pages = new TreeMap<>();

    @BeforeEach
    void write() throws IOException {
        Invocation man = Invocation.of("man", directory.toString());
        assertEquals(0, man.exitCode(), man.err());
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                pages.put(file.getFileName().toString(), Files.readString(file));
            }
        }
    }

    /** The help of jinn names all commands there are. */
    @Test
    void everyCommandHasAPage() {
        Set<String> expected = new TreeSet<>(Set.of("jinn.1"));
        String help = Invocation.of("--help").out();
        String commands = help.substring(help.indexOf("Commands:"), help.indexOf("Examples:"));
        Pattern.compile("(?m)^  ([a-z]+) ")
                .matcher(commands)
                .results()
                .forEach(command -> expected.add("jinn-" + command.group(1) + ".1"));
        assertTrue(expected.size() > 15, expected::toString);
        assertEquals(expected, pages.keySet());
    }

    @Test
    void everyPageHasTheOptionsThatItsHelpHas() {
        pages.forEach((file, page) -> {
            String name = file.replace("jinn-", "").replace(".1", "");
            Invocation help = name.equals("jinn") ? Invocation.of("--help") : Invocation.of(name, "--help");
            List<String> options = Pattern.compile("--[a-z][a-z-]*")
                    .matcher(help.out())
                    .results()
                    .map(MatchResult::group)
                    .toList();
            assertTrue(options.contains("--help"), file);
            options.forEach(option -> assertTrue(page.contains(option.replace("-", "\\-")), file + ": " + option));
        });
    }

    @Test
    void everyLineIsTextOrARequestThatIsMeant() {
        pages.forEach((file, page) -> page.lines().forEach(line -> {
            boolean request = line.startsWith(".") || line.startsWith("'");
            assertTrue(!request || REQUESTS.contains(line.split(" ", 2)[0]), file + ": " + line);
            assertTrue(!line.contains("${") && !line.contains("%n") && !line.contains("@|"), file + ": " + line);
        }));
    }

    @Test
    void aDirectoryThatIsNotThereIsToldInOneLine() {
        Path missing = directory.resolve("missing");
        Invocation man = Invocation.of("man", missing.toString());
        assertEquals(1, man.exitCode());
        assertEquals(
                List.of("jinn: cannot write the manual page " + missing.resolve("jinn.1") + ": no such directory"),
                man.errLines());
    }
}
