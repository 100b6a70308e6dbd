package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringWriter;
import java.util.List;
import java.util.stream.IntStream;
import jinn.doorbell.DoorbellPath;
import jinn.doorbell.DoorbellStatus;
import jinn.vm.VmState;
import org.junit.jupiter.api.Test;

final class RunDisplayTest {

    private final StringWriter shown = new StringWriter();

    @Test
    void foldsManyRingsIntoFewLinesAndShowsTheLastCount() {
        try (RunDisplay display = display(true)) {
            for (int i = 1; i <= 10_000; i++) {
                display.doorbellRang(rung("storm", i, 0));
            }
        }
        List<String> lines = shown.toString().lines().toList();
        assertEquals("doorbell storm: 10000 (kernel)", lines.getLast());
        assertTrue(lines.size() < 100, lines.size() + " lines");
    }

    @Test
    void showsEachDoorbellByName() {
        try (RunDisplay display = display(true)) {
            display.doorbellRang(rung("one", 3, 0));
            display.doorbellRang(rung("two", 0, 2));
            display.doorbellRang(rung("three", 4, 1));
        }
        List<String> lines = List.of(shown.toString().split("\n"));
        assertTrue(lines.contains("doorbell one: 3 (kernel)"), lines.toString());
        assertTrue(lines.contains("doorbell two: 2 (userspace)"), lines.toString());
        assertTrue(lines.contains("doorbell three: 5 (4 kernel, 1 userspace)"), lines.toString());
    }

    @Test
    void showsWhoDeliversADoorbellAndWhy() {
        try (RunDisplay display = display(true)) {
            display.showPaths(List.of(
                    rung("one", 1, 0),
                    new DoorbellStatus(
                            "two", 0x0b00_0010L, 0, "0x2", DoorbellPath.USERSPACE, "the table is full", 0, 0)));
        }
        assertEquals("""
                doorbell one: at 0x0b000000/4, match *, path kernel
                doorbell two: at 0x0b000010/any, match 0x2, path userspace (the table is full)
                """, shown.toString());
    }

    @Test
    void showsThePathsOfAllDoorbellsHoweverMany() {
        List<DoorbellStatus> many = IntStream.range(0, 1000)
                .mapToObj(number -> rung("d" + number, 1, 0))
                .toList();
        try (RunDisplay display = display(true)) {
            display.showPaths(many);
        }
        assertEquals(many.size(), shown.toString().lines().count());
    }

    @Test
    void showsWarningsEvenWhenRingsAreNotWanted() {
        try (RunDisplay display = display(false)) {
            display.doorbellRang(rung("one", 3, 0));
            display.warned("vm a: something is odd");
        }
        assertEquals("jinn: vm a: something is odd\n", shown.toString());
    }

    @Test
    void showsPausesUnlessOnlyWarningsAreWanted() {
        try (RunDisplay display = display(true);
                RunDisplay quiet = display(false)) {
            display.stateChanged(VmState.PAUSED);
            display.stateChanged(VmState.RUNNING);
            quiet.stateChanged(VmState.PAUSED);
        }
        assertEquals("vm web: paused\nvm web: resumed\n", shown.toString());
    }

    private RunDisplay display(boolean showRings) {
        return new RunDisplay(
                "web", lines -> lines.forEach(line -> shown.append(line).append("\n")), showRings);
    }

    private static DoorbellStatus rung(String name, long kernel, long userspace) {
        DoorbellPath path = kernel == 0 ? DoorbellPath.USERSPACE : DoorbellPath.KERNEL;
        return new DoorbellStatus(name, 0x0b00_0000L, 4, "*", path, "", kernel, userspace);
    }
}
