package jinn.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses what a misspelt word was meant to be. */
final class Nearest {

    /** Shorter words begin too many others. */
    private static final int SHORTEST_BEGINNING = 3;

    private static final int MOST_EDITS = 3;

    private Nearest() {}

    /**
     * Returns the known word that is a few edits away from {@code word} (one in a short word, at most {@value
     * #MOST_EDITS} in a long one), or that begins with it, or that it begins with.
     */
    static Optional<String> of(String word, Collection<String> known) {
        String sought = word.toLowerCase(Locale.ROOT);
        return known.stream()
                .filter(candidate -> isNear(sought, candidate.toLowerCase(Locale.ROOT)))
                .min(Comparator.comparingInt((String candidate) -> edits(sought, candidate.toLowerCase(Locale.ROOT)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Returns the end of a message: the question for the nearest word, or nothing. */
    static String question(String word, Collection<String> known) {
        return of(word, known).map(nearest -> "; did you mean " + nearest + "?").orElse("");
    }

    private static boolean isNear(String sought, String candidate) {
        if (Math.min(sought.length(), candidate.length()) >= SHORTEST_BEGINNING
                && (sought.startsWith(candidate) || candidate.startsWith(sought))) {
            return true;
        }
        int allowed = Math.clamp(candidate.length() / 3, 1, MOST_EDITS);
        return Math.abs(sought.length() - candidate.length()) <= allowed && edits(sought, candidate) <= allowed;
    }

    /**
     * Returns how many characters have to be inserted, deleted, replaced, or exchanged with their neighbour (the optimal
     * string alignment distance).
     */
    static int edits(String from, String to) {
        int[][] distance = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                distance[i][j] = i == 0 || j == 0 ? i + j : step(distance, from, to, i, j);
            }
        }
        return distance[from.length()][to.length()];
    }

    private static int step(int[][] distance, String from, String to, int i, int j) {
        boolean same = from.charAt(i - 1) == to.charAt(j - 1);
        int best =
                Math.min(Math.min(distance[i - 1][j], distance[i][j - 1]) + 1, distance[i - 1][j - 1] + (same ? 0 : 1));
        boolean exchanged =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return exchanged ? Math.min(best, distance[i - 2][j - 2] + 1) : best;
    }
}
