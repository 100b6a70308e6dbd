package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jinn.error.ConfigException;
import jinn.error.GuestFaultException;
import jinn.error.HostException;
import jinn.error.ImageException;
import jinn.error.SyscallException;
import jinn.vm.VmOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ExitCodeTest {

    static Stream<Arguments> outcomes() {
        return Stream.of(
                arguments(new VmOutcome.PoweredOff(), 0, "guest powered off"),
                arguments(new VmOutcome.Reset(), 10, "guest asked for a reset"),
                arguments(new VmOutcome.Crashed("no way"), 11, "guest crashed: no way"),
                arguments(
                        new VmOutcome.UnmappedAccess(0, 0x3f00_0000L, true, 4, 0x2aL),
                        12,
                        "guest stored 0x2a (4 bytes) at 0x3f000000, where nothing is (vCPU 0)"),
                arguments(
                        new VmOutcome.UnmappedAccess(1, 0x10L, false, 8, 0),
                        12,
                        "guest loaded 8 bytes from 0x00000010, where nothing is (vCPU 1)"),
                arguments(new VmOutcome.Stopped(), 130, "stopped from the host"));
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                arguments(new HostException("a"), 1, List.of("jinn: a")),
                arguments(new SyscallException("a (EEXIST)", 17), 1, List.of("jinn: a (EEXIST)")),
                arguments(new ConfigException(List.of("a", "b")), 3, List.of("jinn: a", "jinn: b")),
                arguments(new ImageException("a"), 4, List.of("jinn: a")),
                arguments(new GuestFaultException("a"), 11, List.of("jinn: a")),
                arguments(
                        new IllegalStateException("a\nb"),
                        1,
                        List.of("jinn: internal error: java.lang.IllegalStateException: a; --verbose shows where")));
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void everyOutcomeHasItsNumberAndItsLine(VmOutcome outcome, int number, String line) {
        assertEquals(number, ExitCode.of(outcome).number());
        assertEquals(line, OutcomeText.describe(outcome));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void everyFailureHasItsNumberAndItsLines(Exception failure, int number, List<String> lines) {
        StringWriter err = new StringWriter();
        ExitCode code = ErrorReporter.report(failure, false, new PrintWriter(err, true));

        assertEquals(number, code.number());
        assertEquals(lines, err.toString().lines().toList());
    }

    @Test
    void theReferenceListsThem() throws Exception {
        String reference = Files.readString(Path.of("..", "docs", "cli.md"));
        List<Integer> documented = Pattern.compile("(?m)^\\| ([0-9]+) \\|")
                .matcher(reference)
                .results()
                .map(row -> Integer.valueOf(row.group(1)))
                .toList();

        assertEquals(Arrays.stream(ExitCode.values()).map(ExitCode::number).toList(), documented);
    }
}
