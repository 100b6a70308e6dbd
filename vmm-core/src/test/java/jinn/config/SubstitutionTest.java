package jinn.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jinn.error.ConfigException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SubstitutionTest {

    @TempDir
    private Path directory;

    @BeforeEach
    void putAKernelBesideTheFile() throws IOException {
        Files.writeString(directory.resolve("Image"), "kernel");
    }

    @ParameterizedTest
    @CsvSource({
        "a${B}c, a-b-c",
        "${B}${B}, -b--b-",
        "\\u0024{B}, -b-",
        "$\\u007bB}, -b-",
        "$B, $B",
        "$${B}, ${B}",
        "$$${B}, $${B}",
        "100$, 100$",
        "${EMPTY}x, x",
        "${TRICKY}, ${B}$1\\",
    })
    void putsTheVariableInItsPlaceAndNothingElse(String cmdline, String expected) throws IOException {
        VmConfig vm = load(
                "{\"boot\": {\"kernel\": \"Image\", \"cmdline\": \"" + cmdline + "\"}}",
                Map.of("B", "-b-", "EMPTY", "", "TRICKY", "${B}$1\\"));
        assertEquals(expected, vm.boot().cmdline());
    }

    @Test
    void worksInEveryStringOfTheFile() throws IOException {
        VmConfig vm = load("""
                {"name": "${NAME}", "machine": {"memory": "${SIZE}MiB"}, "boot": {"kernel": "${DIR}/Image"},
                 "doorbells": [{"name": "d", "address": "0x${AT}", "length": 4}]}
                """, Map.of("NAME", "web", "SIZE", "64", "DIR", directory.toString(), "AT", "b000000"));
        assertEquals("web", vm.name());
        assertEquals(64L << 20, vm.machine().memoryBytes());
        assertEquals(directory.resolve("Image"), vm.boot().kernel());
        assertEquals(0x0b00_0000L, vm.doorbells().getFirst().address());
    }

    @Test
    void tellsEveryVariableThatIsNotSetAtItsPlaceAndNothingThatFollowsFromIt() {
        ConfigException e = assertThrows(ConfigException.class, () -> load("""
                {"machine": {"memory": "${SIZE}"},
                 "boot": {"kernel": "${DIR}/${FILE}"},
                 "serial": "${SERIAL}",
                 "doorbells": [{"name": "d", "address": "${AT}", "length": 4, "match": "${VALUE}"}]}
                """, Map.of()));
        String file = directory.resolve("vm.json") + ":";
        String notSet = ", which is not set";
        assertEquals(
                List.of(
                        file + "1:24: $.machine.memory: \"${SIZE}\": needs the environment variable SIZE" + notSet,
                        file + "2:21: $.boot.kernel: \"${DIR}/${FILE}\": needs the environment variable DIR" + notSet,
                        file + "2:21: $.boot.kernel: \"${DIR}/${FILE}\": needs the environment variable FILE" + notSet,
                        file + "3:12: $.serial: \"${SERIAL}\": needs the environment variable SERIAL" + notSet,
                        file + "4:41: $.doorbells[0].address: \"${AT}\": needs the environment variable AT" + notSet,
                        file + "4:72: $.doorbells[0].match: \"${VALUE}\": needs the environment variable VALUE"
                                + notSet),
                e.problems());
    }

    @ParameterizedTest
    @CsvSource({"${, $.name", "${a b}, $.name", "x${}, $.name", "${9}, $.name"})
    void refusesAReferenceWithoutAName(String name, String path) {
        ConfigException e = assertThrows(
                ConfigException.class,
                () -> load("{\"name\": \"" + name + "\", \"boot\": {\"kernel\": \"Image\"}}", Map.of("a", "b")));
        assertEquals(
                directory.resolve("vm.json") + ":1:10: " + path + ": \"" + name
                        + "\": must name an environment variable between ${ and }, as in ${HOME}; $${ stands for a"
                        + " plain ${",
                e.getMessage());
    }

    @Test
    void doesNotGrowWithoutBound() {
        String json = "{\"name\": \"" + "${BIG}".repeat(10_000) + "\", \"boot\": {\"kernel\": \"Image\"}}";
        ConfigException e = assertThrows(ConfigException.class, () -> load(json, Map.of("BIG", "x".repeat(100_000))));
        assertEquals(1, e.problems().size());
        assertEquals(
                directory.resolve("vm.json") + ":1:10: $.name: \"" + "${BIG}".repeat(13) + "${...\": must have at most"
                        + " 65536 characters with its variables",
                e.getMessage());
    }

    private VmConfig load(String json, Map<String, String> environment) throws IOException {
        return ConfigLoader.load(Files.writeString(directory.resolve("vm.json"), json), environment);
    }
}
