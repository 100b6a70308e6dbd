package jinn.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of cells as lines of text, each column as wide as its widest cell. */
final class TextTable {

    private static final int GAP = 2;

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
