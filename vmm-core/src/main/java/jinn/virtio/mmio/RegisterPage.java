package jinn.virtio.mmio;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import jinn.bus.MmioDevice;

/**
 * Memory that the driver reads instead of the registers, so that its loads need no exit. No register of virtio-mmio has a
 * side effect when it is read.
 *
 * <p>What is copied is what the registers themselves answer. The lock of a page is a leaf: nothing is waited for in it, and
 * no code of a device is called.
 */
final class RegisterPage {

    /** Registers that loops change, too. */
    private static final int[] OF_ANYBODY = {Register.INTERRUPT_STATUS, Register.STATUS, Register.CONFIG_GENERATION};

    /** Registers that only the driver's stores change. */
    private static final int[] OF_DRIVER = {
        Register.MAGIC_VALUE,
        Register.VERSION,
        Register.DEVICE_ID,
        Register.VENDOR_ID,
        Register.DEVICE_FEATURES,
        Register.QUEUE_NUM_MAX,
        Register.QUEUE_READY,
        Register.SHM_LEN_LOW,
        Register.SHM_LEN_HIGH,
        Register.SHM_BASE_LOW,
        Register.SHM_BASE_HIGH,
    };

    private static final int CONFIG_WORDS = Register.CONFIG_BYTES / Integer.BYTES;

    private static final VarHandle WORD =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private final MmioDevice registers;
    private final MemorySegment words;
    private final Consumer<MemorySegment> cleaner;

    private final AtomicLong configTickets = new AtomicLong();

    /** Of the configuration that the page has. */
    private long configTicket;

    /**
     * Makes a page that shows nothing yet.
     *
     * @param registers what the page stands for
     * @param page at least the registers and the configuration space, zeroed
     * @param cleaner called with what has been stored, before anybody is told of it
     */
    RegisterPage(MmioDevice registers, MemorySegment page, Consumer<MemorySegment> cleaner) {
        this.registers = registers;
        this.words = page.asSlice(0, Register.END);
        this.cleaner = cleaner;
    }

    /** Shows all registers. The caller keeps the driver from changing them meanwhile. */
    void showRegisters() {
        synchronized (this) {
            show(OF_DRIVER);
            show(OF_ANYBODY);
            cleaner.accept(words);
        }
    }

    /** Shows the registers that loops change. Any thread. */
    void showSharedRegisters() {
        synchronized (this) {
            show(OF_ANYBODY);
            cleaner.accept(words);
        }
    }

    /* In the page's lock, or an older value could overwrite a newer one. */
    private void show(int[] offsets) {
        for (int offset : offsets) {
            set(offset, (int) registers.read(offset, Register.BYTES));
        }
    }

    /**
     * Shows the configuration space as it is now. Any thread. The device is asked outside of the page's lock, since it may
     * have locks of its own; what somebody has asked for later is at least as new.
     *
     * @return whether the page had another one
     */
    boolean showConfig() {
        long ticket = configTickets.incrementAndGet();
        int[] config = new int[CONFIG_WORDS];
        for (int i = 0; i < CONFIG_WORDS; i++) {
            config[i] = (int) registers.read(Register.CONFIG + (long) i * Integer.BYTES, Integer.BYTES);
        }
        synchronized (this) {
            boolean changed = false;
            if (ticket > configTicket) {
                configTicket = ticket;
                for (int i = 0; i < CONFIG_WORDS; i++) {
                    changed |= set(Register.CONFIG + i * Integer.BYTES, config[i]);
                }
                cleaner.accept(words);
            }
            return changed;
        }
    }

    private boolean set(int offset, int value) {
        return (int) WORD.getAndSet(words, (long) offset, value) != value;
    }
}
