package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlainCommandTest {

    @TempDir
    private Path directory;

    @BeforeEach
    void writeDescriptions() throws IOException {
        ImageFile.write(directory.resolve("Image"), 4096);
        Files.writeString(directory.resolve("good.json"), """
                {"boot": {"kernel": "Image"}, "doorbells": [{"name": "a", "address": "0x0b000000", "length": 4}]}
                """);
        Files.writeString(directory.resolve("bad.json"), "{\"boot\": {\"kernel\": \"Image\"}, \"cpus\": 1}");
    }

    /** Running good.json would start a VM on a host that can; all others end before that. */
    @ParameterizedTest
    @ValueSource(
            strings = {"check good", "check bad", "check missing good bad", "check good good", "run bad", "run missing"
            })
    void doesWhatTheParserMakesOfTheSameArguments(String line) {
        String[] args = arguments(line);

        assertEquals(true, plain(args));
        assertEquals(parsed(args), Invocation.of(args));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "check",
                "run",
                "check --json",
                "run --quiet",
                "check @x",
                "run -h",
                "check --",
                "doctor x",
                "Run x"
            })
    void leavesEverythingElseToTheParser(String line) {
        assertEquals(false, plain(line.split(" ")));
    }

    @Test
    void leavesSeveralVmsEmptyAndImpossibleNamesToTheParser() {
        assertEquals(false, plain("run", "a.json", "b.json"));
        assertEquals(false, plain("check", ""));
        assertEquals(false, plain("check", "a\0b"));
        assertEquals(false, plain("check", "a.json", "--verbose"));
        assertEquals(false, plain());
    }

    private String[] arguments(String line) {
        List<String> args = new ArrayList<>(List.of(line.split(" ")));
        args.subList(1, args.size())
                .replaceAll(name -> directory.resolve(name + ".json").toString());
        return args.toArray(String[]::new);
    }

    private static boolean plain(String... args) {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        return PlainCommand.of(new Streams(nowhere, nowhere), args).isPresent();
    }

    private static Invocation parsed(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.parse(new PrintWriter(out, true), new PrintWriter(err, true), args);
        return new Invocation(exitCode, out.toString(), err.toString());
    }
}
