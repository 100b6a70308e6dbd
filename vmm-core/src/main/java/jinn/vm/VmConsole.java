package jinn.vm;

import java.util.Optional;

/**
 * What all consoles of a VM write, and the way to the one that takes the user's input. Any thread may call; nothing
 * blocks.
 */
public final class VmConsole {

    /** How much of the newest output is kept. */
    public static final int KEPT_BYTES = ConsoleLog.CAPACITY_BYTES;

    private final ConsoleLog log = new ConsoleLog();

    /** Whether the watcher has been told of output that it has not read. */
    private volatile boolean told;

    private volatile Runnable watcher = () -> {};
    private volatile ConsoleInput input;

    /** Whether {@link #firstOutput} has been called. */
    private volatile boolean hasOutput;

    private final Runnable firstOutput;
    private final Optional<ReadyText> readyText;

    /**
     * Makes a console that has written nothing.
     *
     * @param firstOutput called when it writes for the first time; twice if two vCPUs are the first together
     * @param readyText sees all that it writes
     */
    VmConsole(Runnable firstOutput, Optional<ReadyText> readyText) {
        this.firstOutput = firstOutput;
        this.readyText = readyText;
    }

    void write(byte value) {
        log.append(value);
        tell();
        if (readyText.isPresent()) {
            readyText.get().see(value);
        }
    }

    void write(byte[] bytes, int offset, int length) {
        log.append(bytes, offset, length);
        tell();
        if (readyText.isPresent()) {
            readyText.get().see(bytes, offset, length);
        }
    }

    private void tell() {
        if (!hasOutput) {
            hasOutput = true;
            firstOutput.run();
        }
        if (!told) {
            told = true;
            watcher.run();
        }
    }

    /** Sets the way of the input. Without one the VM takes none. */
    void setInput(ConsoleInput newInput) {
        input = newInput;
    }

    /**
     * Sets whom to call, on any thread, when there is output after a {@link #read}, or room after {@link #type} has not
     * taken all. At most one; it must not block.
     */
    public void watch(Runnable newWatcher) {
        watcher = newWatcher;
        ConsoleInput sink = input;
        if (sink != null) {
            sink.onRoom(newWatcher);
        }
    }

    /**
     * Copies output.
     *
     * @param position of the first byte wanted, counted from the VM's start; where that one is gone, the oldest is next
     * @param maximum most bytes to copy
     */
    public ConsolePiece read(long position, int maximum) {
        // Before the copy: what is written from now on is told again.
        told = false;
        return log.read(position, maximum);
    }

    /** Returns whether a console of the VM takes input. */
    public boolean takesInput() {
        return input != null;
    }

    /** Types for the guest. Returns how many bytes were taken; the rest has no room yet. */
    public int type(byte[] bytes) {
        ConsoleInput sink = input;
        return sink == null ? 0 : sink.type(bytes);
    }

    /**
     * Tells the guest another size of the terminal at which {@link #type} is used; the newest one counts, whoever told it.
     * Nothing happens where no console takes input, or the one that does has no size.
     *
     * @param columns width in characters, up to 65535; 0 if unknown
     * @param rows height in characters, up to 65535; 0 if unknown
     */
    public void resize(int columns, int rows) {
        ConsoleInput sink = input;
        if (sink != null) {
            sink.loop().execute(() -> sink.resize(columns, rows));
        }
    }

    /** Returns whether {@link #type} can take something. */
    public boolean hasRoom() {
        ConsoleInput sink = input;
        return sink != null && sink.hasRoom();
    }
}
