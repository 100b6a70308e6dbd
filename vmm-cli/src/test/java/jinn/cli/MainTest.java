package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

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

    @Test
    void aSubcommandAloneIsTheSameAsAmongAll() {
        CommandLine all = new CommandLine(Main.class);
        assertFalse(all.getSubcommands().isEmpty());
        all.getSubcommands().forEach((name, subcommand) -> {
            String simpleName = subcommand.getCommand().getClass().getSimpleName();
            assertEquals(name + "command", simpleName.toLowerCase(Locale.ROOT));
            String help = Invocation.of(name, "--help").out();
            assertTrue(help.startsWith(subcommand.getUsageMessage().substring(0, 200)), () -> name + ":\n" + help);
        });
    }
}
