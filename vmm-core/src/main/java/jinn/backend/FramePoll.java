package jinn.backend;

import jinn.event.EventLoop;
import jinn.event.Registration;
import jinn.posix.Epoll;
import jinn.posix.FileDescriptor;

/** Waits for frames, or for room to send them, on one descriptor while a device is active. Loop thread. */
final class FramePoll {

    /** What there is to be told. */
    interface Listener {

        /** There may be input. */
        void inputReady();

        /** There may be room for output. */
        void outputReady();

        /** The descriptor has hung up or failed while nothing was wanted of it. */
        void hungUp();
    }

    private final EventLoop loop;
    private final FileDescriptor descriptor;
    private final Listener listener;
    private Registration registration;
    private boolean inputWanted;
    private boolean outputWanted;

    FramePoll(EventLoop loop, FileDescriptor descriptor, Listener listener) {
        this.loop = loop;
        this.descriptor = descriptor;
        this.listener = listener;
    }

    /** Waits for input from now on. */
    void start() {
        if (registration == null) {
            inputWanted = true;
            outputWanted = false;
            registration = loop.register(descriptor, this::ready);
        }
    }

    /** Ends {@link #start}. A second call does nothing. */
    void stop() {
        if (registration != null) {
            registration.close();
            registration = null;
        }
    }

    void setInput(boolean wanted) {
        inputWanted = wanted;
        update();
    }

    void setOutput(boolean wanted) {
        outputWanted = wanted;
        update();
    }

    private void update() {
        if (registration != null) {
            registration.setInterest((inputWanted ? Epoll.INPUT : 0) | (outputWanted ? Epoll.OUTPUT : 0));
        }
    }

    /* A hang-up makes it ready whatever is wanted; who wants something finds out by trying. */
    private void ready() {
        if (!inputWanted && !outputWanted) {
            listener.hungUp();
            return;
        }
        if (outputWanted) {
            listener.outputReady();
        }
        if (inputWanted) {
            listener.inputReady();
        }
    }
}
