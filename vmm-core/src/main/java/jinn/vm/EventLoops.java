package jinn.vm;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import jinn.config.LoopConfig;
import jinn.event.EventLoop;

/** The event loops of one VM, and who is served by which. */
final class EventLoops {

    private final EventLoop standard;
    private final Map<String, EventLoop> byServed;

    private EventLoops(EventLoop standard, Map<String, EventLoop> byServed) {
        this.standard = standard;
        this.byServed = byServed;
    }

    /**
     * Starts the loops.
     *
     * @param resources learns how to end them, the standard one last: the others' warnings go through it
     */
    static EventLoops start(List<LoopConfig> configs, UndoStack resources, Consumer<Throwable> failures) {
        EventLoop standard = EventLoop.start("event-loop", failures);
        resources.push(standard::close);
        Map<String, EventLoop> byServed = new HashMap<>();
        for (LoopConfig config : configs) {
            long pollNanos = TimeUnit.MICROSECONDS.toNanos(config.pollMicros());
            EventLoop loop = EventLoop.start("loop-" + config.name(), pollNanos, failures);
            resources.push(loop::close);
            config.serves().forEach(name -> byServed.put(name, loop));
        }
        return new EventLoops(standard, byServed);
    }

    /** Returns the loop of everything that no other one serves. */
    EventLoop standard() {
        return standard;
    }

    /** Returns the loop of a device or a user doorbell. */
    EventLoop of(String name) {
        return byServed.getOrDefault(name, standard);
    }

    /** Returns the loop of a device's queue: its own, or the device's. */
    EventLoop of(String device, int queue) {
        return byServed.getOrDefault(device + "/" + queue, of(device));
    }
}
