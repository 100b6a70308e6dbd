package jinn.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import jinn.testing.RecordingLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Pl011Test {

    private static final int DR = 0x000;
    private static final int FR = 0x018;
    private static final int LCR_H = 0x02c;
    private static final int IFLS = 0x034;
    private static final int IMSC = 0x038;
    private static final int RIS = 0x03c;
    private static final int MIS = 0x040;
    private static final int ICR = 0x044;

    private static final int RXFE = 0x10;
    private static final int TXFF = 0x20;
    private static final int RXFF = 0x40;
    private static final int TXFE = 0x80;
    private static final int BUSY = 0x08;

    private static final int FEN = 0x10;
    private static final int RX = 0x10;
    private static final int TX = 0x20;
    private static final int RT = 0x40;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final RecordingLine line = new RecordingLine();
    private final Pl011 port = new Pl011(output::write, line);

    private int read(int register) {
        return (int) port.read(register, 4);
    }

    private void write(int register, int value) {
        port.write(register, 4, Integer.toUnsignedLong(value));
    }

    private int receive(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return port.receive(bytes, 0, bytes.length);
    }

    @Test
    void identificationIsThatOfAnArmPl011() {
        int peripheral = 0;
        int cell = 0;
        for (int i = 0; i < 4; i++) {
            peripheral |= read(0xfe0 + 4 * i) << (8 * i);
            cell |= read(0xff0 + 4 * i) << (8 * i);
        }

        assertEquals(0x00041011, peripheral & 0x000fffff);
        assertEquals(0xb105f00d, cell);
    }

    @Test
    void outputLeavesAtOnceEvenBeforeThePortIsEnabled() {
        port.write(DR, 1, 'o');
        port.write(DR, 4, 'k' | 0xffff_ff00L);

        assertEquals("ok", output.toString(StandardCharsets.US_ASCII));
        assertEquals(TXFE, read(FR) & (TXFE | TXFF | BUSY));
    }

    @ParameterizedTest
    @CsvSource({
        "0x020, 0xff",
        "0x024, 0xffff",
        "0x028, 0x3f",
        "0x02c, 0xff",
        "0x030, 0xffff",
        "0x034, 0x3f",
        "0x038, 0x7ff",
        "0x048, 0x7",
    })
    void controlRegistersKeepTheirBits(String register, String mask) {
        write(Integer.decode(register), -1);
        assertEquals(Integer.decode(mask), read(Integer.decode(register)));
        write(Integer.decode(register), 0);
        assertEquals(0, read(Integer.decode(register)));
    }

    @ParameterizedTest
    @CsvSource({"0x018, 0x97", "0x030, 0x300", "0x034, 0x12", "0x038, 0", "0x03c, 0", "0x040, 0", "0x02c, 0"})
    void resetValuesAreThoseOfTheManual(String register, String value) {
        assertEquals(Integer.decode(value), read(Integer.decode(register)));
    }

    @ParameterizedTest
    @CsvSource({"0x004", "0x008", "0x044", "0x04c", "0x100", "0xfdc", "0x001", "0xfe1", "0x1000"})
    void otherOffsetsReadAsZeroAndIgnoreWrites(String register) {
        write(Integer.decode(register), -1);

        assertEquals(0, read(Integer.decode(register)));
        assertEquals(0, output.size());
    }

    @Test
    void withoutFifoOneByteIsHeld() {
        assertEquals(RXFE, read(FR) & (RXFE | RXFF));
        assertEquals(1, receive("ab"));
        assertEquals(RXFF, read(FR) & (RXFE | RXFF));
        assertEquals('a', read(DR));
        assertEquals(RXFE, read(FR) & (RXFE | RXFF));
        assertEquals(0, read(DR));
    }

    @Test
    void fifoHoldsSixteenBytesInOrder() {
        write(LCR_H, FEN);
        assertEquals(16, receive("0123456789abcdefghij"));
        assertEquals(RXFF, read(FR) & (RXFE | RXFF));
        for (char expected : "0123456789abcdef".toCharArray()) {
            assertEquals(expected, read(DR));
        }
        assertEquals(RXFE, read(FR) & (RXFE | RXFF));
    }

    @Test
    void highBytesComeBackWithoutErrorBits() {
        port.receive((byte) 0xff);

        assertEquals(0xff, read(DR));
    }

    @Test
    void refusedInputIsAskedForWhenThereIsSpace() {
        int[] told = new int[1];
        port.onInputSpace(() -> told[0]++);
        write(LCR_H, FEN);
        assertEquals(16, receive("0123456789abcdef"));
        read(DR);
        assertEquals(0, told[0]);

        assertEquals(1, receive("gh"));
        read(DR);
        assertEquals(1, told[0]);

        assertEquals(1, receive("i"));
        read(DR);
        assertEquals(1, told[0]);
    }

    @Test
    void switchingTheFifoOnMakesSpaceToo() {
        int[] told = new int[1];
        port.onInputSpace(() -> told[0]++);
        assertEquals(1, receive("ab"));
        write(LCR_H, FEN);

        assertEquals(1, told[0]);
    }

    @Test
    void switchingTheFifoOffKeepsWhatWasTyped() {
        write(LCR_H, FEN);
        receive("abc");
        write(LCR_H, 0);

        assertEquals(RXFF, read(FR) & (RXFE | RXFF));
        assertEquals(0, receive("d"));
        assertEquals('a', read(DR));
        assertEquals('b', read(DR));
        assertEquals('c', read(DR));
        assertEquals(1, receive("d"));
    }

    @ParameterizedTest
    @CsvSource({"0, 2", "1, 4", "2, 8", "3, 12", "4, 14", "7, 14"})
    void receiveInterruptComesAtItsFifoLevel(int select, int level) {
        write(LCR_H, FEN);
        write(IFLS, select << 3);
        for (int i = 1; i <= 16; i++) {
            port.receive((byte) i);
            assertEquals(i >= level, (read(RIS) & RX) != 0, "after byte " + i);
            assertTrue((read(RIS) & RT) != 0);
        }
        for (int left = 15; left >= 0; left--) {
            read(DR);
            assertEquals(left >= level, (read(RIS) & RX) != 0, "with bytes left " + left);
            assertEquals(left > 0, (read(RIS) & RT) != 0);
        }
    }

    @Test
    void transmitInterruptIsSetByAWriteAndClearedByTheGuest() {
        assertEquals(0, read(RIS));
        write(DR, 'x');
        assertEquals(TX, read(RIS));
        assertEquals(0, read(MIS));
        write(IMSC, TX);
        assertEquals(TX, read(MIS));
        write(ICR, TX);
        assertEquals(0, read(RIS));
    }

    @Test
    void clearingOneInterruptKeepsTheOthers() {
        port.receive((byte) 1);
        write(DR, 'x');
        write(ICR, TX | RX);

        assertEquals(RT, read(RIS));
    }

    @Test
    void maskedInterruptRaisesNothingUntilItIsUnmasked() {
        port.receive((byte) 1);
        write(DR, 'x');
        assertEquals(0, line.take());

        write(IMSC, RT);
        assertEquals(1, line.take());
    }

    @Test
    void risingLevelRaisesOneEdge() {
        write(LCR_H, FEN);
        write(IMSC, RX | RT | TX);
        receive("abcdefghijkl");
        assertEquals(1, line.take());
    }

    @Test
    void levelThatStaysUpAfterTheGuestLookedIsRaisedAgain() {
        write(LCR_H, FEN);
        write(IMSC, RT);
        receive("abc");
        assertEquals(1, line.take());

        read(DR);
        assertEquals(0, line.take());
        read(MIS);
        read(DR);
        assertEquals(1, line.take());
        read(RIS);
        read(DR);
        assertEquals(0, line.take());
        assertEquals(0, read(MIS));
    }

    @Test
    void inputWhileTheLevelIsUpAndSeenIsRaisedAgain() {
        write(LCR_H, FEN);
        write(IMSC, RT);
        receive("a");
        read(MIS);
        line.take();
        receive("b");

        assertEquals(1, line.take());
    }

    @Test
    void pollingGuestGetsNoInterrupts() {
        for (int i = 0; i < 10; i++) {
            write(DR, 'x');
            port.receive((byte) i);
            read(RIS);
            read(DR);
        }
        assertEquals(0, line.take());
    }

    /* An interrupt handler in the manner of a driver: while MIS is set, take bytes; return after a bounded loop. */
    @Test
    void noInputIsLostBetweenALoopAndABoundedHandler() throws Exception {
        int count = 20_000;
        write(LCR_H, FEN);
        write(IMSC, RX | RT);
        ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        try (ExecutorService loop = Executors.newSingleThreadExecutor()) {
            Future<?> sender = loop.submit(() -> {
                for (int i = 0; i < count; i++) {
                    while (!port.receive((byte) i) && !Thread.currentThread().isInterrupted()) {
                        Thread.onSpinWait();
                    }
                }
            });
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (arrived.size() < count && System.nanoTime() - deadline < 0) {
                if (line.take() == 0) {
                    Thread.onSpinWait();
                    continue;
                }
                for (int pass = 0; pass < 3 && read(MIS) != 0; pass++) {
                    arrived.write(read(DR));
                }
            }
            sender.cancel(true);
        }
        byte[] bytes = arrived.toByteArray();
        assertEquals(count, bytes.length);
        for (int i = 0; i < count; i++) {
            assertEquals((byte) i, bytes[i]);
        }
        assertFalse(read(MIS) != 0);
    }
}
