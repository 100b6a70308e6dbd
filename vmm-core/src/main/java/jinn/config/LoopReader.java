package jinn.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import jinn.config.JsonValue.TextValue;
import jinn.config.JsonValue.ToldValue;

/** Reads the event loops, and finds names that nothing has or that two of them want. */
final class LoopReader {

    private final Problems problems;

    /** What a loop can serve. */
    private final Set<String> names = new TreeSet<>();

    private final Map<String, JsonPath> servedBy = new HashMap<>();
    private final Set<String> loopNames = new HashSet<>();
    private final List<LoopConfig> loops = new ArrayList<>();

    LoopReader(Problems problems, List<DeviceConfig> devices, List<DoorbellConfig> doorbells) {
        this.problems = problems;
        for (int i = 0; i < devices.size(); i++) {
            String name = devices.get(i).name(i);
            names.add(name);
            int queues = devices.get(i).separableQueues();
            for (int queue = 0; queue < queues && queues > 1; queue++) {
                names.add(name + "/" + queue);
            }
        }
        doorbells.forEach(doorbell -> names.add(doorbell.name()));
    }

    List<LoopConfig> read(List<JsonValue> elements) {
        for (JsonValue element : elements) {
            ObjectReader.of(element, problems).ifPresent(this::loop);
        }
        return loops;
    }

    private void loop(ObjectReader loop) {
        loop.require("name", "a string");
        Optional<String> name = loop.text("name");
        int pollMicros = loop.integer("poll-us").orElse(0);
        List<String> serves = new ArrayList<>();
        for (JsonValue element : loop.array("serves")) {
            served(element).ifPresent(serves::add);
        }
        loop.finish();
        if (name.isEmpty()) {
            return;
        }
        List<Violation> violations = Rules.loop(name.get(), pollMicros);
        loop.report(violations);
        if (!loopNames.add(name.get())) {
            loop.report(List.of(new Violation(
                    "name", Quoting.quote(name.get()), "must be unique, but an earlier loop has it too")));
        } else if (violations.isEmpty()) {
            loops.add(new LoopConfig(name.get(), pollMicros, serves));
        }
    }

    private Optional<String> served(JsonValue element) {
        if (!(element instanceof TextValue text)) {
            if (!(element instanceof ToldValue)) {
                problems.add(element.place(), element.shown() + ": must be a string, the name of what is served");
            }
            return Optional.empty();
        }
        String name = text.text();
        if (!names.contains(name)) {
            problems.add(
                    element.place(),
                    Quoting.quote(name) + ": must be a device or a doorbell of this VM ("
                            + (names.isEmpty() ? "it has none" : String.join(", ", names)) + ")"
                            + Nearest.question(name, names));
            return Optional.empty();
        }
        JsonPath earlier = servedBy.put(name, element.place().path());
        if (earlier != null) {
            problems.add(
                    element.place(), Quoting.quote(name) + ": must be served once, but " + earlier + " names it too");
            return Optional.empty();
        }
        return Optional.of(name);
    }
}
