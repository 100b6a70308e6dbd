package jinn.gpio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jinn.testing.RecordingLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the registers of Arm DDI 0190B, chapter 3. */
class Pl061Test {

    private static final int ALL_DATA = 0x3fc;
    private static final int DIR = 0x400;
    private static final int IS = 0x404;
    private static final int IBE = 0x408;
    private static final int IEV = 0x40c;
    private static final int IE = 0x410;
    private static final int RIS = 0x414;
    private static final int MIS = 0x418;
    private static final int IC = 0x41c;
    private static final int AFSEL = 0x420;

    private static final int BUTTON = 3;
    private static final int BUTTON_BIT = 1 << BUTTON;

    private final RecordingLine line = new RecordingLine();
    private final Pl061 port = new Pl061(line);

    private int read(int register) {
        return (int) port.read(register, 4);
    }

    private void write(int register, int value) {
        port.write(register, 4, Integer.toUnsignedLong(value));
    }

    @Test
    void identificationIsThatOfAnArmPl061() {
        int peripheral = 0;
        int cell = 0;
        for (int i = 0; i < 4; i++) {
            peripheral |= read(0xfe0 + 4 * i) << (8 * i);
            cell |= read(0xff0 + 4 * i) << (8 * i);
        }

        assertEquals(0x00041061, peripheral);
        assertEquals(0xb105f00d, cell);
    }

    @ParameterizedTest
    @ValueSource(ints = {ALL_DATA, DIR, IS, IBE, IEV, IE, RIS, MIS, IC, AFSEL, 0x424, 0xfdc})
    void everyRegisterIsZeroAfterReset(int register) {
        assertEquals(0, read(register));
    }

    @ParameterizedTest
    @ValueSource(ints = {DIR, IS, IBE, IEV, IE, AFSEL})
    void controlRegistersKeepTheirEightBits(int register) {
        write(register, 0xffff_ffa5);
        assertEquals(0xa5, read(register));
    }

    @Test
    void theAddressOfADataAccessSaysWhichLinesItIsAbout() {
        write(DIR, 0xff);
        write(ALL_DATA, 0xff);
        write(0x0c4, 0x00);

        assertEquals(0xce, read(ALL_DATA), "bits 9 to 2 of 0xc4 are 0x31");
        assertEquals(0x0e, read(0x03c), "bits 9 to 2 of 0x3c are 0x0f");
        assertEquals(0, read(0x000));
    }

    @Test
    void whatIsWrittenShowsOnOutputsOnly() {
        write(DIR, 0x0f);
        write(ALL_DATA, 0xff);
        assertEquals(0x0f, read(ALL_DATA));
    }

    @Test
    void aButtonWhoseInterruptIsMaskedCannotBePressed() {
        assertFalse(port.press(BUTTON));
        assertEquals(0, read(ALL_DATA));
        write(IE, 0xff & ~BUTTON_BIT);
        assertFalse(port.press(BUTTON));
        write(IE, 0xff);
        write(DIR, BUTTON_BIT);
        assertFalse(port.press(BUTTON), "an output is no button");
        assertEquals(0, line.take());
    }

    /* What Linux's gpio-keys does: an interrupt at both edges, then, some time later, a look at the line. */
    @Test
    void aPressIsSeenOnceAndThenReleased() {
        write(IBE, BUTTON_BIT);
        write(IE, BUTTON_BIT);

        assertTrue(port.press(BUTTON));
        assertEquals(1, line.take());
        assertEquals(BUTTON_BIT, read(MIS));
        write(IC, BUTTON_BIT);
        assertEquals(0, read(MIS));
        assertEquals(0, line.take());

        assertEquals(BUTTON_BIT, read(BUTTON_BIT << 2));
        assertEquals(1, line.take(), "the release is an edge too");
        assertEquals(BUTTON_BIT, read(MIS));
        write(IC, BUTTON_BIT);
        assertEquals(0, read(BUTTON_BIT << 2));
        assertEquals(0, read(RIS));

        assertTrue(port.press(BUTTON));
        assertEquals(BUTTON_BIT, read(RIS));
    }

    @Test
    void aPressLastsUntilTheGuestHasHadItsInterrupt() {
        write(IBE, BUTTON_BIT);
        write(IE, BUTTON_BIT);
        port.press(BUTTON);

        assertEquals(BUTTON_BIT, read(ALL_DATA));
        assertEquals(BUTTON_BIT, read(ALL_DATA), "somebody else looked at the lines");
        write(IC, BUTTON_BIT);
        assertEquals(0, read(ALL_DATA & ~(BUTTON_BIT << 2)), "a look at the other lines");
        assertEquals(BUTTON_BIT, read(ALL_DATA));
        assertEquals(0, read(ALL_DATA));
    }

    @Test
    void aSecondPressBeforeTheFirstIsSeenIsTheSame() {
        write(IBE, BUTTON_BIT);
        write(IE, BUTTON_BIT);
        assertTrue(port.press(BUTTON));
        assertTrue(port.press(BUTTON));
        assertEquals(1, line.take());
    }

    @ParameterizedTest
    @CsvSource({
        // GPIOIS, GPIOIBE, GPIOIEV: raw after the press, and after the release that follows
        "0, 0, 8, 8, 0",
        "0, 0, 0, 0, 8",
        "0, 8, 0, 8, 8",
        "8, 0, 8, 8, 0",
        "8, 0, 0, 0, 8",
        "8, 8, 8, 8, 0",
    })
    void interruptsComeAtTheEdgesAndLevelsThatAreWanted(int is, int ibe, int iev, int pressed, int released) {
        write(IS, is);
        write(IBE, ibe);
        write(IEV, iev);
        write(IE, BUTTON_BIT);

        assertTrue(port.press(BUTTON));
        assertEquals(pressed, read(RIS) & BUTTON_BIT);
        assertEquals(pressed, read(MIS));
        write(IC, 0xff);
        assertEquals(BUTTON_BIT, read(ALL_DATA));
        assertEquals(released, read(RIS) & BUTTON_BIT);
    }

    @Test
    void maskedInterruptsAreRawOnly() {
        write(IBE, 0xff);
        write(IE, BUTTON_BIT);
        port.press(BUTTON);
        write(IE, 0);

        assertEquals(BUTTON_BIT, read(RIS));
        assertEquals(0, read(MIS));
        line.take();
        write(IE, BUTTON_BIT);
        assertEquals(1, line.take(), "unmasked, it comes");
    }

    /* A guest that takes an edge for a level, and returns before it has cleared all, is called again. */
    @Test
    void aLevelThatStaysUpAfterTheGuestLookedIsRaisedAgain() {
        write(IBE, BUTTON_BIT);
        write(IE, BUTTON_BIT);
        port.press(BUTTON);
        line.take();

        assertEquals(BUTTON_BIT, read(MIS));
        line.take();
        write(IE, BUTTON_BIT);
        assertEquals(BUTTON_BIT, read(MIS));
        assertTrue(line.take() >= 1);
    }

    @Test
    void accessesBetweenRegistersDoNothing() {
        write(IE, 0xff);
        assertEquals(0, port.read(0x411, 1));
        port.write(0x411, 1, 0);
        port.write(0x3fd, 1, 0xff);
        port.write(RIS, 4, 0xff);
        assertEquals(0xff, read(IE));
        assertEquals(0, read(RIS));
    }
}
