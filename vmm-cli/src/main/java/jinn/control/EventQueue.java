package jinn.control;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import jinn.doorbell.DoorbellStatus;

/**
 * The news of a VM on their way to the subscribers. Any thread adds, the socket's thread takes.
 *
 * <p>Rings of one doorbell between two takes become one piece of news with the newest counts, so that the queue is never
 * longer than the VM has doorbells.
 */
final class EventQueue {

    private static final int MAX_WARNINGS = 256;
    private static final int MAX_STATES = 256;

    private final Map<String, DoorbellStatus> rings = new LinkedHashMap<>();
    private final Queue<String> warnings = new ArrayDeque<>();
    private final Queue<String> states = new ArrayDeque<>();

    /** Adds a ring. Returns whether there was no news before. */
    synchronized boolean addRing(DoorbellStatus status) {
        boolean first = isEmpty();
        rings.put(status.name(), status);
        return first;
    }

    /** Adds a warning, unless there are too many. Returns whether there was no news before. */
    synchronized boolean addWarning(String message) {
        boolean first = isEmpty();
        if (warnings.size() < MAX_WARNINGS) {
            warnings.add(message);
        }
        return first;
    }

    /** Adds the event that the VM has changed its state, unless there are too many. Returns as the others. */
    synchronized boolean addState(String event) {
        boolean first = isEmpty();
        if (states.size() < MAX_STATES) {
            states.add(event);
        }
        return first;
    }

    synchronized boolean isEmpty() {
        return rings.isEmpty() && warnings.isEmpty() && states.isEmpty();
    }

    /** Takes all news out, as messages. */
    synchronized List<ByteBuffer> take() {
        List<ByteBuffer> messages = new ArrayList<>();
        for (String warning : warnings) {
            messages.add(Message.of(json -> {
                json.writeStringProperty("event", "warning");
                json.writeStringProperty("message", warning);
            }));
        }
        for (DoorbellStatus ring : rings.values()) {
            messages.add(Message.of(json -> {
                json.writeStringProperty("event", "doorbell");
                json.writeName("doorbell");
                StatusJson.write(json, ring);
            }));
        }
        states.forEach(state -> messages.add(Message.of(json -> json.writeStringProperty("event", state))));
        states.clear();
        warnings.clear();
        rings.clear();
        return messages;
    }
}
