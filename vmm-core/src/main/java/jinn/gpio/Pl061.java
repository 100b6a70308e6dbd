package jinn.gpio;

import jinn.bus.MmioDevice;
import jinn.virtio.InterruptLine;

/**
 * A PL061 GPIO port of eight lines (Arm DDI 0190B). Its inputs are low until {@link #press} makes one high; its outputs
 * lead nowhere.
 *
 * <p>As with the PL011, the interrupt is a level and {@link InterruptLine} an edge: an edge is raised when
 * the level rises, and again by the guest's next access while the level stays up after the guest has looked at it.
 *
 * <p>Safe from any thread. One lock guards all state; the line is raised with it held.
 */
public final class Pl061 implements MmioDevice {

    /** Bytes of guest-physical address space that the registers take. */
    public static final int SIZE_BYTES = 0x1000;

    /** GPIODATA takes 1 KiB: bits 9 to 2 of the address say which lines an access is about. */
    private static final int GPIODATA_LAST = 0x3fc;

    private static final int DATA_MASK_SHIFT = 2;

    private static final int GPIODIR = 0x400;
    private static final int GPIOIS = 0x404;
    private static final int GPIOIBE = 0x408;
    private static final int GPIOIEV = 0x40c;
    private static final int GPIOIE = 0x410;
    private static final int GPIORIS = 0x414;
    private static final int GPIOMIS = 0x418;
    private static final int GPIOIC = 0x41c;
    private static final int GPIOAFSEL = 0x420;
    private static final int PERIPHERAL_ID = 0xfe0;

    /** GPIOPeriphID0-3 (part 0x061, designer Arm) and GPIOPCellID0-3, a byte in each word. */
    private static final int[] IDENTIFICATION = {0x61, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

    private static final int LINES_MASK = 0xff;

    private final InterruptLine line;
    private final Object lock = new Object();

    /* Guarded by the lock, like all below. */
    private int inputs;
    private int output;
    private int direction;
    private int levelSense;
    private int bothEdges;
    private int event;
    private int enabled;
    private int alternate;

    /** Edges that the guest has not cleared yet. */
    private int edges;

    /** Lines that {@link #press} made high and whose edge the guest has not cleared yet. */
    private int unnoticed;

    private boolean levelSeen;
    private boolean level;

    /** Makes a port in its reset state, with all lines low. */
    public Pl061(InterruptLine line) {
        this.line = line;
    }

    /**
     * Makes an input high, if the guest has enabled its interrupt. It falls when the guest, after it has cleared the
     * interrupt, has read that the line is high; so a guest that takes its time, to debounce for example, does not miss it.
     * An input that is high already stays so.
     *
     * @param number of the line, 0 to 7
     * @return whether the guest has enabled the interrupt; if not, nothing happens
     */
    public boolean press(int number) {
        int bit = 1 << number;
        synchronized (lock) {
            if ((enabled & ~direction & bit) == 0) {
                return false;
            }
            if ((inputs & bit) == 0) {
                setInputs(inputs | bit);
                unnoticed |= edges & bit;
                updateLine();
            }
            return true;
        }
    }

    private void setInputs(int next) {
        int rising = next & ~inputs;
        int falling = inputs & ~next;
        int wanted = (rising & (bothEdges | event)) | (falling & (bothEdges | ~event));
        edges |= wanted & ~levelSense & ~direction;
        inputs = next;
    }

    @Override
    public long read(long offset, int size) {
        synchronized (lock) {
            return readGuarded((int) offset);
        }
    }

    private int readGuarded(int offset) {
        if (offset % Integer.BYTES != 0) {
            return 0;
        }
        if (offset <= GPIODATA_LAST) {
            return readData(offset >>> DATA_MASK_SHIFT);
        }
        if (offset >= PERIPHERAL_ID) {
            return IDENTIFICATION[(offset - PERIPHERAL_ID) / Integer.BYTES];
        }
        return switch (offset) {
            case GPIODIR -> direction;
            case GPIOIS -> levelSense;
            case GPIOIBE -> bothEdges;
            case GPIOIEV -> event;
            case GPIOIE -> enabled;
            case GPIORIS -> {
                levelSeen = true;
                yield raw();
            }
            case GPIOMIS -> {
                levelSeen = true;
                yield raw() & enabled;
            }
            case GPIOAFSEL -> alternate;
            default -> 0;
        };
    }

    private int readData(int mask) {
        int value = ((inputs & ~direction) | (output & direction)) & mask;
        int noticed = inputs & ~direction & mask & ~unnoticed;
        setInputs(inputs & ~noticed);
        updateLine();
        return value;
    }

    @Override
    public void write(long offset, int size, long value) {
        synchronized (lock) {
            writeGuarded((int) offset, (int) value & LINES_MASK);
            updateLine();
        }
    }

    private void writeGuarded(int offset, int value) {
        if (offset <= GPIODATA_LAST && offset % Integer.BYTES == 0) {
            int mask = offset >>> DATA_MASK_SHIFT;
            output = (output & ~mask) | (value & mask);
            return;
        }
        switch (offset) {
            case GPIODIR -> direction = value;
            case GPIOIS -> levelSense = value;
            case GPIOIBE -> bothEdges = value;
            case GPIOIEV -> event = value;
            case GPIOIE -> enabled = value;
            case GPIOIC -> {
                edges &= ~value;
                unnoticed &= ~value;
            }
            /* There is no hardware behind the lines that could take them over. */
            case GPIOAFSEL -> alternate = value;
            default -> {}
        }
    }

    /** Returns the interrupts before the guest's mask: edges, and levels of the lines that sense these. */
    private int raw() {
        int wanted = (inputs & event) | (~inputs & ~event);
        return (edges & ~levelSense) | (wanted & levelSense & ~direction & LINES_MASK);
    }

    private void updateLine() {
        boolean now = (raw() & enabled) != 0;
        if (now && (!level || levelSeen)) {
            levelSeen = false;
            line.raise();
        }
        level = now;
    }
}
