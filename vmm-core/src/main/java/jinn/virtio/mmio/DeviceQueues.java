package jinn.virtio.mmio;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import jinn.error.DeviceFailureException;
import jinn.error.GuestFaultException;
import jinn.error.VmmException;
import jinn.memory.GuestMemory;
import jinn.virtio.DeviceContext;
import jinn.virtio.Feature;
import jinn.virtio.QueueExecutor;
import jinn.virtio.VirtioDevice;
import jinn.virtio.queue.QueueLayout;
import jinn.virtio.queue.QueueStatistics;
import jinn.virtio.queue.VirtQueue;

/**
 * The queues of one device and the loops that they live on.
 *
 * <p>From {@link #start} on, queue N is touched on the thread of executor N only. Whatever concerns them all (start,
 * stop, pause) closes the gate first, then passes through each loop: a loop that has run a task posted after the gate was
 * closed serves nothing behind it. The loop of queue 0 is the device's home; there it is started and reset.
 */
final class DeviceQueues {

    /** How the driver hears of the device. Any thread. */
    interface Driver {

        /** A queue has used requests that the driver wants to know of. */
        void interruptUsed();

        /** The configuration space has changed. */
        void configChanged();

        /** The device is active, and has told of no change of its configuration before. Its home's thread. */
        void activated();

        /** The device stands still until the driver resets it. */
        void broken(VmmException fault);
    }

    private final VirtioDevice device;
    private final GuestMemory memory;
    private final Driver driver;
    private final VirtQueue[] queues;
    private final QueueExecutor[] executors;
    private final Set<QueueExecutor> loops = new LinkedHashSet<>();
    private final PendingKick[] kicks;
    private final QueueCounters[] counters;
    private final DeviceContext context = new Context();

    /* Written at home before the gate opens. */
    private long negotiatedFeatures;

    /* The gate: queues are served while it is open and the VM is not paused. */
    private volatile boolean open;
    private volatile boolean paused;

    DeviceQueues(VirtioDevice device, GuestMemory memory, IntFunction<QueueExecutor> executorOf, Driver driver) {
        this.device = device;
        this.memory = memory;
        this.driver = driver;
        int count = device.queueCount();
        queues = new VirtQueue[count];
        executors = new QueueExecutor[count];
        kicks = new PendingKick[count];
        counters = new QueueCounters[count];
        for (int i = 0; i < count; i++) {
            int index = i;
            queues[i] = new VirtQueue(i, device.maximumQueueSize(), memory);
            executors[i] = executorOf.apply(i);
            kicks[i] = new PendingKick(executors[i], () -> notifyQueue(index));
            counters[i] = new QueueCounters();
            loops.add(executors[i]);
        }
    }

    /** Starts the device soon. A queue without a layout stays disabled. */
    void start(QueueLayout[] layouts, long features) {
        executors[0].execute(() -> activate(layouts, features));
    }

    private void activate(QueueLayout[] layouts, long features) {
        negotiatedFeatures = features;
        try {
            for (int i = 0; i < layouts.length; i++) {
                if (layouts[i] != null) {
                    queues[i].enable(
                            layouts[i], (features & Feature.INDIRECT_DESC) != 0, (features & Feature.EVENT_IDX) != 0);
                }
            }
            device.activate(context);
            driver.activated();
            open = true;
        } catch (GuestFaultException | DeviceFailureException fault) {
            breakDown(fault);
        }
        lookAtAll();
    }

    /* A kick may have come while nobody could serve it: before the gate opened, or in a pause. */
    private void lookAtAll() {
        for (int i = 0; i < queues.length; i++) {
            int index = i;
            run(executors[i], () -> notifyQueue(index));
        }
    }

    /** Stops the device. When it returns, nothing touches guest memory for it any more. */
    void stop() {
        executors[0].executeAndWait(() -> open = false);
        passLoops();
        executors[0].executeAndWait(this::deactivate);
    }

    private void deactivate() {
        device.reset();
        for (VirtQueue queue : queues) {
            queue.disable();
        }
    }

    /** Stops one queue. When it returns, it is not served any more. */
    void disable(int index) {
        executors[index].executeAndWait(queues[index]::disable);
    }

    /** Holds all queues up. When it returns, none is being served. */
    void pause() {
        paused = true;
        passLoops();
        executors[0].executeAndWait(device::pause);
    }

    /** Serves on, beginning with a look at every queue. */
    void resume() {
        executors[0].executeAndWait(device::resume);
        paused = false;
        lookAtAll();
    }

    private void passLoops() {
        loops.forEach(loop -> loop.executeAndWait(() -> {}));
    }

    /** Lets the device look at a queue, unless it cannot be served. Thread of the queue's loop. */
    void notifyQueue(int index) {
        if (index >= queues.length) {
            return;
        }
        assert executors[index].isOwner() : "queue notified outside its loop's thread";
        if (!open || paused || !queues[index].isReady()) {
            return;
        }
        counters[index].countBatch();
        try {
            device.queueNotified(index);
        } catch (GuestFaultException | DeviceFailureException fault) {
            counters[index].countError();
            breakDown(fault);
        }
    }

    /** Notifies a queue soon. Any thread; allocates nothing. */
    void kick(int index) {
        kicks[index].post();
    }

    private void breakDown(VmmException fault) {
        open = false;
        for (int i = 0; i < queues.length; i++) {
            run(executors[i], queues[i]::disable);
        }
        driver.broken(fault);
    }

    private static void run(QueueExecutor executor, Runnable task) {
        if (executor.isOwner()) {
            task.run();
        } else {
            executor.execute(task);
        }
    }

    List<QueueStatistics> statistics() {
        List<QueueStatistics> all = new ArrayList<>();
        for (int i = 0; i < queues.length; i++) {
            all.add(counters[i].statistics(queues[i].requests()));
        }
        return all;
    }

    private final class Context implements DeviceContext {

        @Override
        public VirtQueue queue(int index) {
            return queues[index];
        }

        @Override
        public GuestMemory memory() {
            return memory;
        }

        @Override
        public boolean hasFeature(long mask) {
            return (negotiatedFeatures & mask) == mask;
        }

        @Override
        public void complete(VirtQueue queue) {
            if (!queue.hasUnpublished()) {
                return;
            }
            boolean wanted = queue.publish();
            counters[queue.index()].countCompletion(wanted);
            if (wanted) {
                driver.interruptUsed();
            }
        }

        @Override
        public void notifyLater(int queue) {
            kick(queue);
        }

        @Override
        public void configChanged() {
            driver.configChanged();
        }
    }
}
