package jinn.vm;

import java.util.concurrent.atomic.AtomicBoolean;
import jinn.error.HostException;

/** The way to a pause for those who must not wait for it, before there is a VM to be paused. */
final class PauseRequest {

    private final AtomicBoolean underWay = new AtomicBoolean();
    private volatile Runnable pause = () -> {};

    /** Sets what pauses the VM. It may block. */
    void connect(Runnable newPause) {
        pause = newPause;
    }

    /** Asks for a pause, which comes soon, on a thread of its own. Does nothing while one is under way. */
    void send() {
        if (underWay.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("pause").start(this::run);
        }
    }

    private void run() {
        try {
            pause.run();
        } catch (HostException e) {
            // The VM is paused already, or has ended: whoever rang wanted no more.
            return;
        } finally {
            underWay.set(false);
        }
    }
}
