package jinn.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import jinn.boot.GuestLayout;
import jinn.error.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever becomes of a file, the loader either makes a VM that keeps the rules or tells one-line problems. */
final class MutatedConfigTest {

    private static final int ROUNDS = 100_000;

    private static final String ORIGINAL = """
            {
              "version": 1, "name": "linux", "machine": {"cpus": 2, "memory": "512MiB"},
              "boot": {"kernel": "Image", "cmdline": "console=hvc0 x=${HOME}"},
              "devices": [{"type": "console", "target": "terminal"}, {"type": "rng"}],
              "doorbells": [{"name": "one", "address": "0x0b000010", "length": 4, "match": "0x1"},
                            {"name": "two", "address": "0x0b000010", "length": 4, "match": 2},
                            {"name": "any", "address": "0x0b000020", "length": 0}]
            }
            """;

    /** What a mutation puts in: what JSON is made of, what the rules are about, and what breaks terminals. */
    private static final String[] PIECES = {
        "{",
        "}",
        "[",
        "]",
        "\"",
        ",",
        ":",
        "0",
        "9",
        "-",
        "e",
        ".",
        "\\",
        "\\u0000",
        "null",
        "true",
        "1e99",
        "99999999999",
        "${",
        "${X}",
        "$${",
        "GiB",
        "KiB",
        "0x",
        "f",
        "x",
        "\n",
        "\u001b",
        "\u202e",
        "\ud800",
        "hvc1",
        "terminal",
        "rng",
    };

    @TempDir
    private Path directory;

    @Test
    void aMutatedFileIsAVmThatKeepsTheRulesOrAListOfProblems() throws IOException {
        Files.writeString(directory.resolve("Image"), "kernel");
        Path file = directory.resolve("vm.json");
        Random random = new Random(1);
        int accepted = 0;
        for (int i = 0; i < ROUNDS; i++) {
            String text = mutated(random);
            try {
                assertKeepsTheRules(ConfigLoader.parse(text, file, Map.of("HOME", "/root")), text);
                accepted++;
            } catch (ConfigException e) {
                e.problems().forEach(problem -> assertIsOneVisibleLine(problem, file));
            }
        }
        assertTrue(accepted > ROUNDS / 100 && accepted < ROUNDS / 2, accepted + " accepted");
    }

    private static String mutated(Random random) {
        StringBuilder text = new StringBuilder(ORIGINAL);
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + 1 + random.nextInt(random.nextInt(20) == 0 ? 100 : 3));
            String piece = PIECES[random.nextInt(PIECES.length)];
            switch (random.nextInt(4)) {
                case 0 -> text.replace(at, end, piece);
                case 1 -> text.insert(at, piece);
                case 2 -> text.delete(at, end);
                default -> text.insert(at, text.substring(at, end));
            }
        }
        return text.toString();
    }

    /** Asks again, in other words than the loader's, what must be so. */
    private static void assertKeepsTheRules(VmConfig vm, String text) {
        assertTrue(vm.name().matches("[a-z0-9-]{1,64}"), text);
        assertTrue(vm.machine().cpus() >= 1 && vm.machine().cpus() <= 8, text);
        assertEquals(0, vm.machine().memoryBytes() % 4096, text);
        assertTrue(vm.devices().size() <= 32, text);
        Set<String> names = new HashSet<>();
        for (DoorbellConfig doorbell : vm.doorbells()) {
            assertTrue(names.add(doorbell.name()), text);
            assertTrue(Set.of(0, 1, 2, 4, 8).contains(doorbell.length()), text);
            assertFalse(doorbell.length() == 0 && doorbell.match().isPresent(), text);
            assertFalse(
                    doorbell.address() >= GuestLayout.RAM
                            && doorbell.address()
                                    < GuestLayout.RAM + vm.machine().memoryBytes(),
                    text);
        }
        long terminals = vm.devices().stream()
                        .filter(new DeviceConfig.Console(ConsoleTarget.TERMINAL)::equals)
                        .count()
                + (vm.serial().target() == ConsoleTarget.TERMINAL ? 1 : 0);
        assertTrue(terminals <= 1, text);
    }

    private static void assertIsOneVisibleLine(String problem, Path file) {
        assertTrue(problem.startsWith(file + ":"), problem);
        assertTrue(problem.length() < 1000, problem);
        assertTrue(
                problem.chars().noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT),
                problem);
    }
}
