package jinn.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import jinn.boot.GuestLayout;
import jinn.error.ConfigException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever becomes of a file, the loader either makes a VM that keeps the rules and the published schema, or tells one-line
 * problems with their places. {@code make fuzz-config} mutates more files.
 */
@Timeout(value = 6, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class MutatedConfigTest {

    private static final long SEED = Long.getLong("jinn.fuzz.seed", 1);
    private static final int INPUTS = Integer.getInteger("jinn.fuzz.inputs", 10_000);

    /** Far more than any file needs, also where the machine has other work. */
    private static final long LONGEST_SECONDS = 20;

    private static final List<String> ORIGINALS = List.of("""
            {
              "version": 1, "name": "linux", "machine": {"cpus": 2, "memory": "512MiB"},
              "boot": {"kernel": "Image", "cmdline": "console=hvc0 x=${HOME}"},
              "devices": [{"type": "console", "target": "terminal"}, {"type": "rng"}],
              "doorbells": [{"name": "one", "address": "0x0b000010", "length": 4, "match": "0x1"},
                            {"name": "two", "address": "0x0b000010", "length": 4, "match": 2},
                            {"name": "any", "address": "0x0b000020", "length": 0}]
            }
            """, """
            {
              "$schema": "jinn.schema.json", "hypervisor": "gzvm", "boot": {"kernel": "Image", "initrd": "initrd"},
              "protection": {"mode": "protected", "swiotlb": "16MiB"}, "serial": {"target": "output"},
              "logging": {"level": "debug", "file": "vm.log"},
              "devices": [{"type": "block", "path": "disk", "readonly": true, "queues": 2, "id": "root"},
                          {"type": "balloon", "deflate-on-oom": false},
                          {"type": "fs", "tag": "share", "path": "."}, {"type": "fs", "tag": "b", "socket": "s"},
                          {"type": "vsock", "path": "guest.vsock", "cid": 4},
                          {"type": "vhost-user", "device": "net", "socket": "s", "queues": 2},
                          {"type": "java", "jar": "Image", "provider": "p", "settings": {"a": "b", "c": 1}}]
            }
            """, """
            {
              "boot": {"kernel": "Image"},
              "devices": [{"type": "net", "mac": "52:54:00:12:34:56", "mtu": 1400, "forward": {"tcp": ["8080:80"]}},
                          {"type": "net", "backend": "tap", "tap": "tap0", "queues": 2},
                          {"type": "net", "socket": "passt"}, {"type": "console"}],
              "doorbells": [{"name": "log", "address": "0x0b000000", "length": 8, "match": "0xff", "action": "log"},
                            {"name": "run", "address": "0x0b000008", "length": 1, "action": {"run": ["true", "x"]}},
                            {"name": "send", "address": "0x0b000010", "length": 2, "action": {"send": "sock"}}],
              "loops": [{"name": "io", "poll-us": 50, "serves": ["net1/0", "log"]}, {"name": "b", "serves": ["net0"]}]
            }
            """);

    /** A value of JSON that has no others in it, or a key. */
    private static final Pattern TOKEN = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|-?[0-9]+|true|false|null");

    /** Line, column and path, behind the file's name. */
    private static final Pattern PLACE = Pattern.compile(":[1-9][0-9]*:[1-9][0-9]*: \\$");

    /** What a mutation puts in the place of a value. */
    private static final String[] VALUES = {
        "0",
        "-1",
        "1",
        "8",
        "9",
        "2147483648",
        "18446744073709551616",
        "1.0",
        "1e2",
        "null",
        "true",
        "{}",
        "[]",
        "\"\"",
        "\"0x0\"",
        "\"0x40000000\"",
        "\"0xffffffffffffffff\"",
        "\"0x10000000000000000\"",
        "\"16MiB\"",
        "\"0KiB\"",
        "\"9999999999GiB\"",
        "\"a\\u0000b\"",
        "\"\\ud800\"",
        "\"../Image\"",
        "\"${HOME}\"",
        "\"none\"",
        "\"gzvm\"",
    };

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

    private Path file;
    private int accepted;
    private int refusedByBoth;

    /** What the loader has now, to be told should it never come back. */
    private volatile String current = "";

    @BeforeEach
    void makeTheFilesThatAreNamed() throws IOException {
        Files.writeString(directory.resolve("Image"), "kernel");
        Files.writeString(directory.resolve("initrd"), "initrd");
        Files.write(directory.resolve("disk"), new byte[512]);
        file = directory.resolve("vm.json");
    }

    @Test
    void aMutatedFileIsAVmThatKeepsTheRulesOrAListOfProblems() throws IOException {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(Path.of("..", "configs", "jinn.schema.json")), InputFormat.JSON);
        for (int i = 0; i < INPUTS; i++) {
            current = mutated(new Random(SEED * 1_000_003 + i));
            long started = System.nanoTime();
            load(current, schema);
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started);
            assertTrue(seconds < LONGEST_SECONDS, () -> seconds + " s for " + current);
        }
        // Mutations that never, or always, change what the loader says would test nothing.
        assertTrue(accepted > INPUTS / 100 && accepted < INPUTS / 2, accepted + " accepted");
        assertTrue(refusedByBoth > INPUTS / 100, refusedByBoth + " refused by the loader and the schema");
        System.out.println("config fuzz: seed " + SEED + ", " + INPUTS + " files, " + accepted
                + " accepted by the loader and the schema, " + refusedByBoth + " refused by both");
    }

    @AfterEach
    void tellWhatTookTooLong() {
        if (!Thread.currentThread().isInterrupted()) {
            return;
        }
        System.err.println("interrupted with " + current);
    }

    private void load(String text, Schema schema) {
        try {
            VmConfig vm = ConfigLoader.parse(text, file, Map.of("HOME", "/root"));
            assertKeepsTheRules(vm, text);
            assertEquals(List.of(), schema.validate(text, InputFormat.JSON), text);
            accepted++;
        } catch (ConfigException e) {
            e.problems().forEach(problem -> assertIsOneVisibleLine(problem, file));
            refusedByBoth += isRefused(text, schema) ? 1 : 0;
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError(text, e);
        }
    }

    private static boolean isRefused(String text, Schema schema) {
        try {
            return !schema.validate(text, InputFormat.JSON).isEmpty();
        } catch (RuntimeException notJson) {
            return true;
        }
    }

    private static String mutated(Random random) {
        StringBuilder text = new StringBuilder(ORIGINALS.get(random.nextInt(ORIGINALS.size())));
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            if (random.nextBoolean()) {
                exchangeValue(text, random);
                continue;
            }
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

    /** Puts another value, or one from elsewhere in the file, in the place of a value or a key. */
    private static void exchangeValue(StringBuilder text, Random random) {
        List<MatchResult> tokens = TOKEN.matcher(text).results().toList();
        if (tokens.isEmpty()) {
            return;
        }
        MatchResult old = tokens.get(random.nextInt(tokens.size()));
        String replacement = random.nextBoolean()
                ? VALUES[random.nextInt(VALUES.length)]
                : tokens.get(random.nextInt(tokens.size())).group();
        text.replace(old.start(), old.end(), replacement);
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
        assertTrue(PLACE.matcher(problem.substring(file.toString().length())).lookingAt(), problem);
        assertTrue(problem.length() < 1000, problem);
        assertTrue(
                problem.chars().noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT),
                problem);
    }
}
