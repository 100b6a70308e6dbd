package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckCommandTest {

    @TempDir
    private Path directory;

    private Path good;

    @BeforeEach
    void writeAGoodDescription() throws IOException {
        ImageFile.write(directory.resolve("Image"), 4096);
        good = description("good.json", """
                {"boot": {"kernel": "Image"}, "machine": {"memory": "64MiB"}, "devices": [{"type": "rng"}]}
                """);
    }

    @Test
    void summarisesAGoodDescription() {
        Invocation check = Invocation.of("check", good.toString());

        assertEquals(0, check.exitCode(), check.err());
        assertEquals(good + ": vm good: 1 vCPU, 64 MiB, 1 device, 0 doorbells\n", check.out());
        assertEquals("", check.err());
    }

    @Test
    void tellsAllProblemsOfAWrongDescriptionALineEach() throws IOException {
        Path bad = description("bad.json", """
                {"boot": {"kernel": "Image"}, "machine": {"cpus": 0}, "color": 1}
                """);
        Invocation check = Invocation.of("check", bad.toString());

        assertEquals(3, check.exitCode());
        assertEquals(
                List.of(
                        "jinn: " + bad + ":1:51: $.machine.cpus: 0: must be 1 to 8, the most that the driver takes",
                        "jinn: " + bad
                                + ":1:55: $.color: unknown key: must be one of $schema, boot, devices, doorbells,"
                                + " hypervisor, logging, loops, machine, name, protection, serial, version"),
                check.errLines());
    }

    @Test
    void refusesAKernelThatIsNoImage() throws IOException {
        Files.writeString(directory.resolve("text"), "#!/bin/sh\n");
        Path bad = description("text.json", """
                {"boot": {"kernel": "text"}}
                """);
        Invocation check = Invocation.of("check", bad.toString());

        assertEquals(4, check.exitCode());
        assertEquals(1, check.errLines().size(), check.err());
        assertTrue(
                check.err()
                        .startsWith("jinn: " + bad + ": cannot load kernel " + directory.resolve("text") + ": found "),
                check.err());
        assertTrue(check.err().contains("expected an arm64 Image"), check.err());
    }

    @Test
    void refusesAKernelThatDoesNotFitIntoMemory() throws IOException {
        ImageFile.write(directory.resolve("huge"), 1L << 30);
        Path bad = description("huge.json", """
                {"boot": {"kernel": "huge"}, "machine": {"memory": "64MiB"}}
                """);
        Invocation check = Invocation.of("check", bad.toString());

        assertEquals(4, check.exitCode());
        assertEquals(1, check.errLines().size(), check.err());
        assertTrue(check.err().contains("give the machine more memory"), check.err());
    }

    @Test
    void checksTheOtherFilesAfterABadOne() {
        Path missing = directory.resolve("missing.json");
        Invocation check = Invocation.of("check", missing.toString(), good.toString());

        assertEquals(3, check.exitCode());
        assertEquals(
                List.of("jinn: " + missing + ": cannot read the VM's description: no such file"), check.errLines());
        assertTrue(check.out().startsWith(good + ": vm good"), check.out());
    }

    @Test
    void showsAStackTraceOnlyWithVerbose() {
        Path missing = directory.resolve("missing.json");
        Invocation verbose = Invocation.of("check", "--verbose", missing.toString());

        assertEquals(3, verbose.exitCode());
        assertTrue(verbose.err().contains("jinn.config.ConfigLoader.load("), verbose.err());
    }

    @Test
    void tellsAllFilesAsJson() throws IOException {
        Path bad = description("bad.json", """
                {"boot": {"kernel": "Image"}, "machine": {"cpus": 0}, "name": "\\\\"}
                """);
        Invocation check = Invocation.of("check", "--json", good.toString(), bad.toString());

        assertEquals(3, check.exitCode());
        assertEquals("", check.err());
        String name = bad + ":1:63: $.name: \"\\\\\": must be 1 to 64 characters of a-z, 0-9 and '-'";
        assertEquals(
                List.of(
                        "[ {",
                        "  \"file\" : \"" + good + "\",",
                        "  \"ok\" : true,",
                        "  \"exitCode\" : 0,",
                        "  \"vm\" : \"good\",",
                        "  \"problems\" : [ ]",
                        "}, {",
                        "  \"file\" : \"" + bad + "\",",
                        "  \"ok\" : false,",
                        "  \"exitCode\" : 3,",
                        "  \"vm\" : \"\",",
                        "  \"problems\" : [ \"" + bad
                                + ":1:51: $.machine.cpus: 0: must be 1 to 8, the most that the driver takes\", "
                                + JsonText.string(name) + " ]",
                        "} ]"),
                check.out().lines().toList());
    }

    private Path description(String name, String json) throws IOException {
        return Files.writeString(directory.resolve(name), json);
    }
}
