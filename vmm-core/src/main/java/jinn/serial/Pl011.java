package jinn.serial;

import jinn.bus.MmioDevice;
import jinn.virtio.InterruptLine;

/**
 * A PL011 UART (Arm DDI 0183, revision r1p4) without modem lines, DMA and loopback.
 *
 * <p>A byte written to the data register leaves at once, so the transmitter is always empty. Received bytes wait in the
 * FIFO; what does not fit is not taken, so there is no overrun and nothing is lost. As in other virtual machines, the
 * port works without the enable bits of the control register, because early boot code often does not set them.
 *
 * <p>The hardware's interrupt is a level, {@link InterruptLine} an edge. An edge is raised when the level rises. If the
 * level stays up after the guest has looked at it, the guest's next access raises another one, so a handler that
 * returns early is called again; the guest sees at worst an interrupt without a cause.
 *
 * <p>Safe from any thread: vCPU threads access registers while the loop thread brings input. One lock guards all state.
 */
public final class Pl011 implements MmioDevice {

    /** Bytes of guest-physical address space that the registers take. */
    public static final int SIZE_BYTES = 0x1000;

    private static final int UARTDR = 0x000;
    private static final int UARTRSR = 0x004;
    private static final int UARTFR = 0x018;
    private static final int UARTILPR = 0x020;
    private static final int UARTIBRD = 0x024;
    private static final int UARTFBRD = 0x028;
    private static final int UARTLCR_H = 0x02c;
    private static final int UARTCR = 0x030;
    private static final int UARTIFLS = 0x034;
    private static final int UARTIMSC = 0x038;
    private static final int UARTRIS = 0x03c;
    private static final int UARTMIS = 0x040;
    private static final int UARTICR = 0x044;
    private static final int UARTDMACR = 0x048;
    private static final int PERIPHERAL_ID = 0xfe0;

    /** UARTPeriphID0-3 (part 0x011, designer Arm, revision 1: a FIFO of 16) and UARTPCellID0-3, a byte in each word. */
    private static final int[] IDENTIFICATION = {0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

    private static final int FR_CTS = 1 << 0;
    private static final int FR_DSR = 1 << 1;
    private static final int FR_DCD = 1 << 2;
    private static final int FR_RXFE = 1 << 4;
    private static final int FR_RXFF = 1 << 6;
    private static final int FR_TXFE = 1 << 7;

    private static final int LCR_H_FEN = 1 << 4;
    private static final int INTERRUPT_RX = 1 << 4;
    private static final int INTERRUPT_TX = 1 << 5;
    private static final int INTERRUPT_RECEIVE_TIMEOUT = 1 << 6;
    private static final int INTERRUPT_MASK = 0x7ff;

    private static final int FIFO_BYTES = 16;
    private static final int IFLS_RX_SHIFT = 3;
    private static final int IFLS_MASK = 7;
    /** Bytes in the FIFO that raise the receive interrupt, by UARTIFLS.RXIFLSEL; reserved values act as the last. */
    private static final int[] RX_TRIGGER = {2, 4, 8, 12, 14, 14, 14, 14};

    private static final int IFLS_RESET = 0x12;
    private static final int CR_RESET = 0x300;

    private final SerialOutput output;
    private final InterruptLine line;
    private final Object lock = new Object();

    /* Guarded by the lock, like all below. */
    private final byte[] fifo = new byte[FIFO_BYTES];
    private int fifoStart;
    private int fifoLength;
    private boolean inputRefused;
    private Runnable inputSpaceListener = () -> {};

    private int ilpr;
    private int ibrd;
    private int fbrd;
    private int lcrH;
    private int cr = CR_RESET;
    private int ifls = IFLS_RESET;
    private int imsc;
    private int ris;
    private int dmacr;

    private boolean levelSeen;
    private boolean level;

    /**
     * Makes a port in its reset state.
     *
     * @param output takes the bytes that the guest sends
     * @param line raised with the port's lock held
     */
    public Pl011(SerialOutput output, InterruptLine line) {
        this.output = output;
        this.line = line;
    }

    /**
     * Sets what to call when input fits again after {@link #receive} refused some. Called on a vCPU thread, without the
     * port's lock; it should only tell the loop thread.
     */
    public void onInputSpace(Runnable listener) {
        synchronized (lock) {
            inputSpaceListener = listener;
        }
    }

    /**
     * Takes a byte for the guest.
     *
     * @return whether it was taken; if not, it did not fit and is still the caller's
     */
    public boolean receive(byte value) {
        synchronized (lock) {
            if (fifoLength >= depth()) {
                inputRefused = true;
                return false;
            }
            fifo[(fifoStart + fifoLength) % FIFO_BYTES] = value;
            fifoLength++;
            ris |= INTERRUPT_RECEIVE_TIMEOUT;
            if (fifoLength >= rxTrigger()) {
                ris |= INTERRUPT_RX;
            }
            updateLine();
            return true;
        }
    }

    /**
     * Takes bytes for the guest.
     *
     * @return how many were taken; the rest did not fit and is still the caller's
     */
    public int receive(byte[] bytes, int offset, int length) {
        for (int i = 0; i < length; i++) {
            if (!receive(bytes[offset + i])) {
                return i;
            }
        }
        return length;
    }

    @Override
    public long read(long offset, int size) {
        Runnable listener;
        long value;
        synchronized (lock) {
            boolean wasFull = fifoLength >= depth();
            value = readGuarded((int) offset);
            listener = takeListener(wasFull);
        }
        listener.run();
        return value;
    }

    private Runnable takeListener(boolean wasFull) {
        if (!inputRefused || !wasFull || fifoLength >= depth()) {
            return () -> {};
        }
        inputRefused = false;
        return inputSpaceListener;
    }

    private long readGuarded(int offset) {
        if (offset >= PERIPHERAL_ID) {
            int index = (offset - PERIPHERAL_ID) / Integer.BYTES;
            return offset % Integer.BYTES == 0 && index < IDENTIFICATION.length ? IDENTIFICATION[index] : 0;
        }
        return switch (offset) {
            case UARTDR -> readData();
            case UARTFR -> flags();
            case UARTILPR -> ilpr;
            case UARTIBRD -> ibrd;
            case UARTFBRD -> fbrd;
            case UARTLCR_H -> lcrH;
            case UARTCR -> cr;
            case UARTIFLS -> ifls;
            case UARTIMSC -> imsc;
            case UARTRIS -> {
                levelSeen = true;
                yield ris;
            }
            case UARTMIS -> {
                levelSeen = true;
                yield ris & imsc;
            }
            case UARTDMACR -> dmacr;
            /* Bytes arrive without errors. */
            case UARTRSR -> 0;
            default -> 0;
        };
    }

    private int readData() {
        if (fifoLength == 0) {
            return 0;
        }
        int value = Byte.toUnsignedInt(fifo[fifoStart]);
        fifoStart = (fifoStart + 1) % FIFO_BYTES;
        fifoLength--;
        if (fifoLength < rxTrigger()) {
            ris &= ~INTERRUPT_RX;
        }
        if (fifoLength == 0) {
            ris &= ~INTERRUPT_RECEIVE_TIMEOUT;
        }
        updateLine();
        return value;
    }

    private int flags() {
        int flags = FR_CTS | FR_DSR | FR_DCD | FR_TXFE;
        if (fifoLength == 0) {
            flags |= FR_RXFE;
        }
        if (fifoLength >= depth()) {
            flags |= FR_RXFF;
        }
        return flags;
    }

    private int depth() {
        return fifoEnabled() ? FIFO_BYTES : 1;
    }

    private int rxTrigger() {
        return fifoEnabled() ? RX_TRIGGER[(ifls >>> IFLS_RX_SHIFT) & IFLS_MASK] : 1;
    }

    private boolean fifoEnabled() {
        return (lcrH & LCR_H_FEN) != 0;
    }

    @Override
    public void write(long offset, int size, long value) {
        Runnable listener;
        synchronized (lock) {
            boolean wasFull = fifoLength >= depth();
            writeGuarded((int) offset, (int) value);
            listener = takeListener(wasFull);
        }
        listener.run();
    }

    private void writeGuarded(int offset, int value) {
        switch (offset) {
            case UARTDR -> {
                output.write((byte) value);
                ris |= INTERRUPT_TX;
            }
            case UARTILPR -> ilpr = value & 0xff;
            case UARTIBRD -> ibrd = value & 0xffff;
            case UARTFBRD -> fbrd = value & 0x3f;
            /* Switching the FIFO empties it on the hardware; here it keeps what the user typed. */
            case UARTLCR_H -> lcrH = value & 0xff;
            case UARTCR -> cr = value & 0xffff;
            case UARTIFLS -> ifls = value & 0x3f;
            case UARTIMSC -> imsc = value & INTERRUPT_MASK;
            case UARTICR -> ris &= ~value;
            case UARTDMACR -> dmacr = value & 0x7;
            /* Would clear receive errors, of which there are none. */
            case UARTRSR -> {}
            default -> {}
        }
        updateLine();
    }

    private void updateLine() {
        boolean now = (ris & imsc) != 0;
        if (now && (!level || levelSeen)) {
            levelSeen = false;
            line.raise();
        }
        level = now;
    }
}
