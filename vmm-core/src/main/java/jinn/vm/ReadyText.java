package jinn.vm;

import java.nio.charset.StandardCharsets;

/**
 * Looks for a text in what the consoles write, byte by byte as it comes, and tells when it has come for the first time. Any
 * thread may bring bytes.
 */
final class ReadyText {

    private final byte[] text;
    private final Runnable found;

    /**
     * For each length of a beginning of the text, how much of the text's beginning still stands at its end when the next
     * byte is another than the text's (the failure function of Knuth, Morris and Pratt).
     */
    private final int[] fallback;

    /** How many bytes of the text have come last; guarded by this object. */
    private int matched;

    private volatile boolean done;

    /**
     * Starts to look.
     *
     * @param text what to look for, in UTF-8; not empty
     * @param found called once, on the thread that brings the last byte
     */
    ReadyText(String text, Runnable found) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
        this.found = found;
        this.fallback = new int[this.text.length + 1];
        fallback[0] = -1;
        int length = -1;
        for (int i = 0; i < this.text.length; i++) {
            while (length >= 0 && this.text[length] != this.text[i]) {
                length = fallback[length];
            }
            length++;
            fallback[i + 1] = length;
        }
    }

    /** Takes a byte of output. */
    void see(byte value) {
        if (!done && isLast(value)) {
            found.run();
        }
    }

    /** Takes bytes of output. */
    void see(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length && !done; i++) {
            see(bytes[i]);
        }
    }

    private synchronized boolean isLast(byte value) {
        if (done) {
            return false;
        }
        while (matched >= 0 && text[matched] != value) {
            matched = fallback[matched];
        }
        matched++;
        done = matched == text.length;
        return done;
    }
}
