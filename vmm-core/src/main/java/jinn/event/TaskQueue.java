package jinn.event;

import java.util.ArrayDeque;

/** Tasks on their way to the loop's thread, in order. Any thread may add; once it is closed nobody can. */
final class TaskQueue {

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private boolean closed;

    /** What became of a task. */
    enum Offer {
        /** The queue was empty: the loop may be asleep and must be woken. */
        FIRST,
        /** The loop has been woken for an earlier task. */
        QUEUED,
        /** The loop has ended. */
        REFUSED
    }

    synchronized Offer offer(Runnable task) {
        if (closed) {
            return Offer.REFUSED;
        }
        boolean first = tasks.isEmpty();
        tasks.addLast(task);
        return first ? Offer.FIRST : Offer.QUEUED;
    }

    /** Returns the oldest task, or null when there is none. */
    synchronized Runnable poll() {
        return tasks.pollFirst();
    }

    synchronized int size() {
        return tasks.size();
    }

    /** Refuses tasks from now on if there are none left. Returns whether it did. */
    synchronized boolean closeIfEmpty() {
        closed = tasks.isEmpty();
        return closed;
    }
}
