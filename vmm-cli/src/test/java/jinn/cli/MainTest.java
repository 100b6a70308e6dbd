package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MainTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "run", "check", "info"})
    void helpListsEveryExitCode(String command) {
        Invocation help = command.isEmpty() ? Invocation.of("--help") : Invocation.of(command, "--help");

        assertEquals(0, help.exitCode());
        for (String line : ExitCode.table()) {
            assertTrue(help.out().contains(line), help.out());
        }
    }

    @Test
    void versionIsTheOneOfTheBuild() {
        Invocation version = Invocation.of("--version");

        assertEquals(0, version.exitCode());
        assertTrue(version.out().matches("jinn [0-9]+\\.[0-9]+\\.[0-9]+\\S*\\s+"), version.out());
    }

    @Test
    void aWrongCommandLineIsToldInOneLine() {
        Invocation wrong = Invocation.of("run", "--fast", "vm.json");

        assertEquals(2, wrong.exitCode());
        assertEquals(List.of("jinn: Unknown option: '--fast'; try 'jinn run --help'"), wrong.errLines());
    }

    @Test
    void aMissingCommandIsAWrongCommandLine() {
        Invocation wrong = Invocation.of();

        assertEquals(2, wrong.exitCode());
        assertEquals(List.of("jinn: Missing command; try 'jinn --help'"), wrong.errLines());
    }
}
