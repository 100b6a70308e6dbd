package jinn.vm;

/** What came of a press of the power button. */
public enum PowerButtonPress {
    /** The guest's driver gets to know of it. What it does is the guest's matter. */
    PRESSED,
    /** The guest has no driver for the button, or none yet: nothing was pressed. */
    NO_DRIVER,
    /** The guest is paused and could not do anything: nothing was pressed. */
    PAUSED,
    /** The VM has ended already. */
    ENDED
}
