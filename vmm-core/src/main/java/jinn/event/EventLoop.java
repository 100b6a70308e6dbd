package jinn.event;

import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import jinn.posix.Epoll;
import jinn.posix.EventFd;
import jinn.posix.FileDescriptor;
import jinn.virtio.QueueExecutor;

/**
 * One thread that waits for descriptors and runs their handlers and the tasks that other threads post.
 *
 * <p>Handlers and tasks run one after another, so what only they touch needs no lock. A handler or posted task that
 * throws does not end the loop: the failure goes to the consumer given to {@link #start}.
 */
public final class EventLoop implements QueueExecutor, AutoCloseable {

    private final Epoll epoll;
    private final EventFd wakeUp;
    private final Consumer<Throwable> failures;
    private final Thread thread;
    private final TaskQueue tasks = new TaskQueue();
    private final PollWindow window;

    /** Touched by the loop's thread only. */
    private final RegistrationTable registrations = new RegistrationTable();

    /** Set on the loop's thread only. */
    private boolean closing;

    private EventLoop(Epoll epoll, EventFd wakeUp, String name, long pollNanos, Consumer<Throwable> failures) {
        this.epoll = epoll;
        this.wakeUp = wakeUp;
        this.failures = failures;
        this.window = new PollWindow(pollNanos);
        this.thread = new Thread(this::run, name);
    }

    /** Starts a loop that sleeps whenever there is nothing to do. */
    public static EventLoop start(String name, Consumer<Throwable> failures) {
        return start(name, 0, failures);
    }

    /**
     * Starts a loop.
     *
     * @param name its thread's name
     * @param pollNanos how long it looks for events at most before it sleeps; while they come more rarely it does not
     *     look at all
     * @param failures gets, on the loop's thread, what handlers and posted tasks throw
     */
    public static EventLoop start(String name, long pollNanos, Consumer<Throwable> failures) {
        Epoll epoll = Epoll.create();
        try {
            EventFd wakeUp = EventFd.create(name);
            try {
                EventLoop loop = new EventLoop(epoll, wakeUp, name, pollNanos, failures);
                Registration own = loop.registrations.add(loop, wakeUp.descriptor(), wakeUp::drain);
                epoll.add(wakeUp.descriptor(), own.key());
                loop.thread.start();
                return loop;
            } catch (RuntimeException e) {
                wakeUp.close();
                throw e;
            }
        } catch (RuntimeException e) {
            epoll.close();
            throw e;
        }
    }

    /**
     * Calls {@code handler} on the loop's thread whenever {@code descriptor} has input, or what {@link
     * Registration#setInterest} says, until the registration is closed. May be called from any thread.
     *
     * @throws jinn.error.SyscallException EPERM when the descriptor cannot be waited for, as a regular file
     */
    public Registration register(FileDescriptor descriptor, EventHandler handler) {
        Registration[] result = new Registration[1];
        executeAndWait(() -> {
            Registration registration = registrations.add(this, descriptor, handler);
            try {
                epoll.add(descriptor, registration.key());
            } catch (RuntimeException e) {
                registrations.remove(registration);
                throw e;
            }
            result[0] = registration;
        });
        return result[0];
    }

    void unregister(Registration registration) {
        assertOwner();
        if (registrations.remove(registration)) {
            epoll.remove(registration.descriptor());
        }
    }

    void modify(Registration registration, int interest) {
        assertOwner();
        epoll.modify(registration.descriptor(), registration.key(), interest);
    }

    @Override
    public void execute(Runnable task) {
        switch (tasks.offer(task)) {
            case FIRST -> wakeUpUnlessAwake();
            case QUEUED -> {}
            case REFUSED -> throw new IllegalStateException("the loop " + thread.getName() + " has ended");
        }
    }

    /** The loop's own thread looks for tasks before it sleeps again. */
    private void wakeUpUnlessAwake() {
        if (!isOwner()) {
            wakeUp.signal();
        }
    }

    @Override
    public void executeAndWait(Runnable task) {
        if (isOwner()) {
            task.run();
            return;
        }
        Rendezvous rendezvous = new Rendezvous(task);
        execute(rendezvous);
        rendezvous.await();
    }

    @Override
    public boolean isOwner() {
        return Thread.currentThread() == thread;
    }

    /** Fails unless the calling thread is the loop's. */
    public void assertOwner() {
        if (!isOwner()) {
            throw new IllegalStateException("only " + thread.getName() + " may do this, not "
                    + Thread.currentThread().getName());
        }
    }

    /**
     * Runs what has been posted, ends the thread and frees the loop's descriptors. Registrations that are still there
     * end with it. A second call does nothing; the loop's own thread must not call.
     */
    @Override
    public synchronized void close() {
        if (isOwner()) {
            throw new IllegalStateException(thread.getName() + " cannot close itself");
        }
        if (!thread.isAlive()) {
            return;
        }
        execute(() -> closing = true);
        joinUninterruptibly();
        wakeUp.close();
        epoll.close();
    }

    private void run() {
        while (!closing || !tasks.closeIfEmpty()) {
            int count = window.isEnabled() ? lookAndAwait() : epoll.await();
            for (int index = 0; index < count; index++) {
                dispatch(epoll.key(index));
            }
            runTasks();
        }
    }

    private int lookAndAwait() {
        long start = System.nanoTime();
        do {
            int count = epoll.poll();
            if (count > 0) {
                return count;
            }
            Thread.onSpinWait();
        } while (System.nanoTime() - start < window.nanos());
        int count = epoll.await();
        window.slept(System.nanoTime() - start);
        return count;
    }

    private void dispatch(long key) {
        Registration registration = registrations.find(key);
        if (registration == null) {
            return;
        }
        try {
            registration.handler().ready();
        } catch (RuntimeException | Error e) {
            failures.accept(e);
        }
    }

    /** Runs the tasks that are there now, and not those they post, so that descriptors get their turn. */
    private void runTasks() {
        for (int left = tasks.size(); left > 0; left--) {
            try {
                tasks.poll().run();
            } catch (RuntimeException | Error e) {
                failures.accept(e);
            }
        }
        if (tasks.size() > 0) {
            wakeUp.signal();
        }
    }

    private void joinUninterruptibly() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A task whose end, or failure, the posting thread waits for. */
    private static final class Rendezvous implements Runnable {

        private final Runnable task;
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile Throwable failure;

        Rendezvous(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                failure = e;
            } finally {
                done.countDown();
            }
        }

        void await() {
            boolean interrupted = false;
            while (done.getCount() > 0) {
                try {
                    done.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            switch (failure) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new AssertionError(e);
            }
        }
    }
}
