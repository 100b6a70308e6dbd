package jinn.vm;

/** A console that takes the user's input. Used on the event loop's thread. */
interface InputSink {

    /** Takes up to {@code length} bytes. Returns how many; the rest is still the caller's. */
    int receive(byte[] bytes, int offset, int length);

    /** The terminal whose input this is has another size: columns and rows, 0 if unknown. */
    void resize(int columns, int rows);

    /** Sets what to call, on any thread, when input fits again after {@link #receive} did not take all. */
    void onSpace(Runnable listener);
}
