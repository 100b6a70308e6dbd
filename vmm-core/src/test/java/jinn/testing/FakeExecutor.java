package jinn.testing;

import java.util.ArrayDeque;
import java.util.Queue;
import jinn.virtio.QueueExecutor;

/** An event loop that the test turns by hand, in its own thread. */
public final class FakeExecutor implements QueueExecutor {

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean inLoop;

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void executeAndWait(Runnable task) {
        if (inLoop) {
            task.run();
            return;
        }
        runTasks();
        runInLoop(task);
    }

    @Override
    public boolean isOwner() {
        return inLoop;
    }

    /** Runs what was posted, and what that posts, until nothing is left. */
    public void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            runInLoop(task);
        }
    }

    /** Runs what is posted now, and nothing that is posted meanwhile. */
    public void runOneTurn() {
        for (int left = tasks.size(); left > 0; left--) {
            runInLoop(tasks.remove());
        }
    }

    /** Returns how many tasks wait. */
    public int waiting() {
        return tasks.size();
    }

    private void runInLoop(Runnable task) {
        inLoop = true;
        try {
            task.run();
        } finally {
            inLoop = false;
        }
    }
}
