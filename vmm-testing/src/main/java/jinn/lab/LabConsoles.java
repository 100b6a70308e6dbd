package jinn.lab;

import java.util.ArrayList;
import java.util.List;

/** The consoles of the machines that this process has started since someone asked last, for the reports of failed tests. */
final class LabConsoles {

    private static final List<Console> STARTED = new ArrayList<>();

    private LabConsoles() {}

    static synchronized void started(Console console) {
        STARTED.add(console);
    }

    /** Forgets the machines of earlier tests. */
    static synchronized void forget() {
        STARTED.clear();
    }

    static synchronized List<Console> all() {
        return List.copyOf(STARTED);
    }
}
