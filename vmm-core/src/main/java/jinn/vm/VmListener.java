package jinn.vm;

import jinn.doorbell.DoorbellStatus;

/** Gets news of a running VM. Calls come from the threads of event loops, several at once, and must not block. */
public interface VmListener {

    /** A user doorbell rang; {@code status} holds its new counts. One call may stand for several rings. */
    void doorbellRang(DoorbellStatus status);

    /** Something the user should read, in one line, at a rate the sender limits. */
    void warned(String message);

    /** The VM has come so far. Called once for each phase, on the thread that got there. */
    default void reached(LaunchPhase phase) {}

    /** The VM was paused or resumed. */
    void stateChanged(VmState state);
}
