package jinn.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NearestTest {

    @ParameterizedTest
    @CsvSource({
        "kernal, kernel",
        "krenel, kernel",
        "KERNEL, kernel",
        "intrd, initrd",
        "cmdlin, cmdline",
        "cpu, cpus",
        "cupsy, ''",
        "mem, memory",
        "memorySize, memory",
        "colour, ''",
        "k, ''",
        "'', ''",
    })
    void findsTheWordThatWasMeant(String word, String meant) {
        List<String> known = List.of("kernel", "initrd", "cmdline", "cpus", "memory");
        assertEquals(meant, Nearest.of(word, known).orElse(""));
    }

    @ParameterizedTest
    @CsvSource({"'', '', 0", "ab, ba, 1", "abc, ac, 1", "abc, axc, 1", "abc, abxc, 1", "kitten, sitting, 3"})
    void countsEdits(String from, String to, int edits) {
        assertEquals(edits, Nearest.edits(from, to));
    }
}
