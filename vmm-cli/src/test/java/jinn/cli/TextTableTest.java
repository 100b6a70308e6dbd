package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TextTableTest {

    @Test
    void cutsLinesThatAreTooLongAndMarksTheCut() {
        List<String> lines = List.of("12345678901234567890", "123456789012345678901");
        assertEquals(List.of("12345678901234567890", "12345678901234567..."), TextTable.fit(lines, 20));
        assertEquals(lines, TextTable.fit(lines, 0));
    }

    @ParameterizedTest
    @CsvSource({"80, 80", "20, 20", "19, 0", "-1, 0", "wide, 0", ", 0"})
    void takesTheWidthThatTheEnvironmentTells(String variable, int columns) {
        assertEquals(columns, TextTable.columns(variable));
    }
}
