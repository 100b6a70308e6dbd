package jinn.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** A flight recording of one sort of event, from its making until its events are asked for. */
public final class FlightRecording implements AutoCloseable {

    private final Recording recording = new Recording();
    private final String event;

    /** Starts recording. */
    public FlightRecording(String event) {
        this.event = event;
        recording.enable(event);
        recording.start();
    }

    /** Stops recording and returns the events in the order in which they began. */
    public List<RecordedEvent> events(Path directory) throws IOException {
        recording.stop();
        Path file = Files.createTempFile(directory, "test", ".jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(recorded -> recorded.getEventType().getName().equals(event))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .toList();
    }

    @Override
    public void close() {
        recording.close();
    }
}
