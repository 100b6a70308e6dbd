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

    private final Map<String, DoorbellStatus> rings = new LinkedHashMap<>();
    private final Queue<String> warnings = new ArrayDeque<>();

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

    synchronized boolean isEmpty() {
        return rings.isEmpty() && warnings.isEmpty();
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
        warnings.clear();
        rings.clear();
        return messages;
    }
}
