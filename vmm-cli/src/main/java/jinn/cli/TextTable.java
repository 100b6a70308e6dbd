package jinn.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of cells as lines of text, each column as wide as its widest cell. Where the environment's {@code COLUMNS} says
 * that the terminal is narrower than the table, the last column is cut, and each cut marked with an ellipsis.
 */
final class TextTable {

    private static final int GAP = 2;
    private static final String ELLIPSIS = "...";

    /** In less, nobody reads a table. */
    private static final int NARROWEST = 20;

    private TextTable() {}

    /** Returns a line for the titles and one for each row. A row may have more cells than there are titles. */
    static List<String> lines(List<String> titles, List<List<String>> rows) {
        List<List<String>> all = new ArrayList<>();
        all.add(titles);
        all.addAll(rows);
        return lines(all);
    }

    /** Returns a line for each row. */
    static List<String> lines(List<List<String>> rows) {
        List<Integer> widths = new ArrayList<>();
        rows.forEach(row -> widen(widths, row));
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    /** Returns the lines, none longer than {@code columns} characters; 0 for as long as they are. */
    static List<String> fit(List<String> lines, int columns) {
        return lines.stream()
                .map(line -> columns > 0 && line.length() > columns
                        ? line.substring(0, columns - ELLIPSIS.length()) + ELLIPSIS
                        : line)
                .toList();
    }

    /** Returns the terminal's width that the environment tells; 0 where it tells none that a table could have. */
    static int columns(String variable) {
        try {
            int columns = variable == null ? 0 : Integer.parseInt(variable);
            return columns >= NARROWEST ? columns : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static void widen(List<Integer> widths, List<String> row) {
        for (int i = 0; i < row.size(); i++) {
            int width = row.get(i).length();
            if (i == widths.size()) {
                widths.add(width);
            } else {
                widths.set(i, Math.max(widths.get(i), width));
            }
        }
    }

    private static String line(List<String> row, List<Integer> widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            line.append(row.get(i)).repeat(' ', widths.get(i) - row.get(i).length() + GAP);
        }
        return line.toString().stripTrailing();
    }
}
