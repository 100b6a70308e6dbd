package jinn.vm;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Releases what was acquired, in reverse order, each once and all of it even if one release fails.
 *
 * <p>Not thread-safe.
 */
final class UndoStack implements AutoCloseable {

    private final Deque<Release> releases = new ArrayDeque<>();

    /** A release that throws no checked exception. */
    @FunctionalInterface
    interface Release {
        void release();
    }

    void push(Release release) {
        releases.push(release);
    }

    /** Releases everything. Throws the first failure, with the others suppressed in it. */
    @Override
    public void close() {
        RuntimeException failure = null;
        while (!releases.isEmpty()) {
            try {
                releases.pop().release();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Releases everything because of {@code cause}, which gets the failures of doing so. */
    void undo(Throwable cause) {
        try {
            close();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }
}
