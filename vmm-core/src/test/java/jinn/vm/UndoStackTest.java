package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class UndoStackTest {

    private final UndoStack stack = new UndoStack();
    private final List<String> released = new ArrayList<>();

    @Test
    void releasesInReverseOrderAndOnce() {
        stack.push(() -> released.add("first"));
        stack.push(() -> released.add("second"));
        stack.close();
        stack.close();

        assertEquals(List.of("second", "first"), released);
    }

    @Test
    void aFailedReleaseDoesNotStopTheOthers() {
        stack.push(() -> released.add("first"));
        stack.push(() -> {
            throw new IllegalStateException("inner");
        });
        stack.push(() -> {
            throw new IllegalStateException("outer");
        });

        IllegalStateException e = assertThrows(IllegalStateException.class, stack::close);
        assertEquals("outer", e.getMessage());
        assertEquals("inner", e.getSuppressed()[0].getMessage());
        assertEquals(List.of("first"), released);
    }

    @Test
    void theCauseOfAnUndoCarriesTheFailuresOfUndoing() {
        stack.push(() -> {
            throw new IllegalStateException("release");
        });
        IllegalStateException cause = new IllegalStateException("cause");
        stack.undo(cause);

        assertEquals("release", cause.getSuppressed()[0].getMessage());
    }
}
